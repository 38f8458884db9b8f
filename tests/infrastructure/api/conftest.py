"""The client of the API."""

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import portal

__all__ = ["portal"]


@pytest.fixture(params=WAYS)
def api(request: pytest.FixtureRequest, container: Container, portal: BlockingPortal) -> httpx.Client:
    """The API of the service, once over HTTP and once through the Lambda handler."""
    return WAYS[request.param](container, ROUTES, portal)
