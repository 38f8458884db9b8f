"""Clients of an API in this process, one per way of serving it, whatever the service."""

import warnings
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from anyio.from_thread import start_blocking_portal
from starlette.exceptions import StarletteDeprecationWarning

from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.aws_lambda.api import create_api_handler
from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.wiring import Container
from tests.kernel.infrastructure.aws_lambda.gateway import ApiGateway

with warnings.catch_warnings():
    warnings.simplefilter("ignore", StarletteDeprecationWarning)  # it would rather have httpx2; httpx serves as well
    from starlette.testclient import TestClient


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """One event loop for all requests: to start one for each takes longer than to serve it."""
    with start_blocking_portal() as portal:
        yield portal


def over_http(container: Container, endpoints: Sequence[Endpoint], portal: BlockingPortal) -> httpx.Client:
    """Calls the server's app. The app is never shut down, so that the adapter stays open."""
    client = TestClient(create_app(container, endpoints), raise_server_exceptions=False)
    client.portal = portal
    return client


def through_lambda(container: Container, endpoints: Sequence[Endpoint], _: BlockingPortal) -> httpx.Client:
    """Calls the Lambda handler, as API Gateway does."""
    return httpx.Client(transport=ApiGateway(create_api_handler(container, endpoints)), base_url="http://testserver")


WAYS: Mapping[str, Callable[[Container, Sequence[Endpoint], BlockingPortal], httpx.Client]] = {
    "http": over_http,
    "lambda": through_lambda,
}
