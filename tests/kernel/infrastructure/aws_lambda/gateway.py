"""API Gateway, as far as the API can tell: makes events of requests, and responses of what a handler returns."""

import base64
import json
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import httpx

from infrastructure.kernel.aws_lambda.invocation import Handler
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation

Authorizer = Callable[[httpx.Request], Mapping[str, str] | None]
"""What verifies the token of a request: tells its claims, none for a route without it; None if it must not come through."""


def of_somebody(*scopes: str) -> dict[str, str]:
    """The claims of a token with these scopes, as API Gateway tells them: all of them texts."""
    return {"sub": "somebody", "scope": " ".join(scopes), "exp": "1769862600"}


class ApiGateway(httpx.BaseTransport):
    """An HTTP API with payload format 2.0 before a handler; both sides are turned into JSON and back.

    No route requires a scope: the handler is not to rely on it.
    """

    def __init__(
        self,
        handler: Handler[dict[str, Any]],
        *,
        authorizer: Authorizer,
        stage: str = "$default",
    ) -> None:
        self._handler = handler
        self._stage = stage
        self._authorizer = authorizer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        claims = self._authorizer(request)
        if claims is None:
            return httpx.Response(401, json={"message": "Unauthorized"})
        path, _, query = request.url.raw_path.decode().partition("?")
        body = request.read()
        payload = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path if self._stage == "$default" else f"/{self._stage}{path}",
            "rawQueryString": query,
            "headers": {name: ",".join(request.headers.get_list(name)) for name in request.headers},
            "requestContext": {
                "apiId": "abcdefghij",
                "domainName": "abcdefghij.execute-api.eu-west-1.amazonaws.com",
                "stage": self._stage,
                "http": {"method": request.method, "path": path},
                **({"authorizer": {"jwt": {"claims": claims, "scopes": None}}} if claims else {}),
            },
            "isBase64Encoded": bool(body),
            **({"body": base64.b64encode(body).decode()} if body else {}),
        }
        returned = json.loads(json.dumps(self._handler(json.loads(json.dumps(payload)), Invocation())))
        return httpx.Response(returned["statusCode"], headers=returned["headers"], content=returned["body"])
