"""API Gateway, as far as the API can tell: makes events of requests, and responses of what a handler returns."""

import base64
import json
from typing import Any

import httpx

from infrastructure.kernel.aws_lambda.invocation import Handler
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation


class ApiGateway(httpx.BaseTransport):
    """An HTTP API with payload format 2.0 before a handler; both sides are turned into JSON and back."""

    def __init__(self, handler: Handler[dict[str, Any]], *, stage: str = "$default") -> None:
        self._handler = handler
        self._stage = stage

    def handle_request(self, request: httpx.Request) -> httpx.Response:
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
            },
            "isBase64Encoded": bool(body),
            **({"body": base64.b64encode(body).decode()} if body else {}),
        }
        returned = json.loads(json.dumps(self._handler(json.loads(json.dumps(payload)), Invocation())))
        return httpx.Response(returned["statusCode"], headers=returned["headers"], content=returned["body"])
