"""The client of the API."""

import warnings
from collections.abc import Iterator

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from anyio.from_thread import start_blocking_portal
from starlette.exceptions import StarletteDeprecationWarning

from infrastructure.aws_lambda.api import create_handler
from infrastructure.container import Container
from infrastructure.http.app import create_app
from tests.infrastructure.aws_lambda.gateway import ApiGateway

with warnings.catch_warnings():
    warnings.simplefilter("ignore", StarletteDeprecationWarning)  # it would rather have httpx2; httpx serves as well
    from starlette.testclient import TestClient


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """One event loop for all requests: to start one for each takes longer than to serve it."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def served(container: Container, portal: BlockingPortal) -> httpx.Client:
    """The API over HTTP, in this process. It is never shut down: the adapter is not its to close."""
    caller = TestClient(create_app(container), raise_server_exceptions=False)
    caller.portal = portal
    return caller


@pytest.fixture(params=["http", "lambda"])
def api(request: pytest.FixtureRequest, container: Container) -> httpx.Client:
    """The API on the real container, once per way of serving it."""
    if request.param == "http":
        served: httpx.Client = request.getfixturevalue("served")
        return served
    return httpx.Client(transport=ApiGateway(create_handler(container)), base_url="http://testserver")


@pytest.fixture
def sponsor(api: httpx.Client) -> dict[str, object]:
    """What is stored already, as the API tells of it."""
    created: dict[str, object] = api.post("/sponsors", json={"name": "Northern Rail"}).json()
    return created


@pytest.fixture
def unchanged(api: httpx.Client, sponsor: dict[str, object]) -> Iterator[None]:
    """Checks, when the test is over, that nothing but `sponsor` is stored, as it was."""
    yield
    assert api.get("/sponsors").json() == {"items": [sponsor], "next_cursor": None}
