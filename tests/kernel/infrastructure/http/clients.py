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

from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.aws_lambda.api import create_api_handler
from tests.kernel.adapters import Wired
from tests.kernel.infrastructure.aws_lambda.gateway import ApiGateway
from tests.kernel.infrastructure.aws_lambda.gateway import of_somebody
from tests.kernel.issuer import Issuer


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """One event loop for all requests: to start one for each takes longer than to serve it."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Who issues the access tokens: `issuer.token("crates:read")`."""
    with Issuer() as issuer:
        yield issuer


def scopes_of(endpoints: Sequence[Endpoint]) -> list[str]:
    """All that a caller may need."""
    return sorted({endpoint.scope for endpoint in endpoints if endpoint.scope is not None})


def ask_for_tokens(container: Wired, issuer: Issuer) -> None:
    """Has a server that is made of the container from now on ask for tokens of the issuer."""
    issued = {"jwt_issuer": issuer.url, "jwt_audience": issuer.audience}
    container.settings.override(container.settings().model_copy(update=issued))


def over_http(
    container: Wired, endpoints: Sequence[Endpoint], portal: BlockingPortal, issuer: Issuer | None = None
) -> httpx.Client:
    """Calls the server's app. The app is never shut down, so that the adapter stays open."""
    # Imported here, for a zip for Lambda has no server, and its tests begin in this file, too.
    from starlette.exceptions import StarletteDeprecationWarning

    from infrastructure.kernel.http.app import create_app

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", StarletteDeprecationWarning
        )  # it would rather have httpx2; httpx serves as well
        from starlette.testclient import TestClient

    if issuer is not None:
        ask_for_tokens(container, issuer)
    client = TestClient(create_app(container, endpoints, host="127.0.0.1"), raise_server_exceptions=False)
    client.portal = portal
    return client


def through_lambda(
    container: Wired, endpoints: Sequence[Endpoint], _: BlockingPortal, issuer: Issuer | None = None
) -> httpx.Client:
    """Calls the Lambda handler, as API Gateway does."""

    def authorizer(request: httpx.Request) -> Mapping[str, str] | None:
        if request.url.path.startswith("/health/"):
            return {}
        return of_somebody(*scopes_of(endpoints)) if issuer is None else issuer.authorized(request.headers)

    gateway = ApiGateway(create_api_handler(container, endpoints), authorizer)
    return httpx.Client(transport=gateway, base_url="http://testserver")


WAYS: Mapping[str, Callable[..., httpx.Client]] = {"http": over_http, "lambda": through_lambda}
"""Without an issuer every request is served. With one, each needs a token of it; the client sends none by itself."""


def with_every_scope(client: httpx.Client, endpoints: Sequence[Endpoint], issuer: Issuer) -> httpx.Client:
    """The client, which sends a token that every endpoint takes, unless a request has another."""
    client.headers["authorization"] = f"Bearer {issuer.token(*scopes_of(endpoints))}"
    return client
