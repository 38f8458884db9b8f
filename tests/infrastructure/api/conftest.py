"""The client of the API."""

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from tests.kernel.infrastructure.http.clients import WAYS
from tests.kernel.infrastructure.http.clients import issuer
from tests.kernel.infrastructure.http.clients import portal
from tests.kernel.infrastructure.http.clients import with_every_scope
from tests.kernel.issuer import Issuer

__all__ = ["issuer", "portal"]


@pytest.fixture(params=WAYS)
def api(request: pytest.FixtureRequest, container: Container, portal: BlockingPortal, issuer: Issuer) -> httpx.Client:
    """The API of the service, once over HTTP and once through the Lambda handler, for a caller who may do everything."""
    return with_every_scope(WAYS[request.param](container, ROUTES, portal, issuer), ROUTES, issuer)
