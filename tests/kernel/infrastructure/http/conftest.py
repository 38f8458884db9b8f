"""The client of the API."""

from collections.abc import Iterator

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import issuer
from tests.kernel.infrastructure.http.clients import over_http
from tests.kernel.infrastructure.http.clients import portal
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS

__all__ = ["issuer", "portal"]


@pytest.fixture
def served(container: Container, portal: BlockingPortal) -> httpx.Client:
    """The API over HTTP."""
    return over_http(container, ENDPOINTS, portal)


@pytest.fixture(params=WAYS)
def api(request: pytest.FixtureRequest, container: Container, portal: BlockingPortal) -> httpx.Client:
    """The API, once per way of serving it."""
    return WAYS[request.param](container, ENDPOINTS, portal)


@pytest.fixture
def crate(api: httpx.Client) -> dict[str, object]:
    """What is stored already, as the API tells of it."""
    created: dict[str, object] = api.post("/crates", json={"name": "Northern Rail"}).json()
    return created


@pytest.fixture
def unchanged(api: httpx.Client, crate: dict[str, object]) -> Iterator[None]:
    """Checks, when the test is over, that nothing but `crate` is stored, as it was."""
    yield
    assert api.get("/crates").json() == {"items": [crate], "next_cursor": None}
