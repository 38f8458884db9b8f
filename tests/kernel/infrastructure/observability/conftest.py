"""Observers, and the API that they observe."""

from collections.abc import Iterator

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import portal
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from usecases.kernel.observability import watch_with

__all__ = ["portal"]


@pytest.fixture(autouse=True)
def nobody_watches_afterwards() -> Iterator[None]:
    yield
    watch_with()


@pytest.fixture(params=WAYS)
def api(request: pytest.FixtureRequest, container: Container, portal: BlockingPortal) -> httpx.Client:
    """The API, once per adapter and way in."""
    return WAYS[request.param](container, ENDPOINTS, portal)
