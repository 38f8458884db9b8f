"""The handler of the API behind an HTTP API of API Gateway, or a function URL: the same endpoints as over HTTP.

It takes payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
from collections.abc import Mapping
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qsl
from urllib.parse import unquote

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import ServiceError
from infrastructure.kernel.api.call import REQUEST_ID
from infrastructure.kernel.api.call import TRACEPARENT
from infrastructure.kernel.api.call import Answer
from infrastructure.kernel.api.call import Authentication
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.api.errors import Unauthenticated
from infrastructure.kernel.api.problems import failure
from infrastructure.kernel.api.router import Router
from infrastructure.kernel.aws_lambda.invocation import Handler
from infrastructure.kernel.aws_lambda.invocation import Payload
from infrastructure.kernel.aws_lambda.invocation import invoked
from infrastructure.kernel.wiring import Container
from usecases.kernel.caller import Caller
from usecases.kernel.observability import current_trace
from usecases.kernel.observability import in_trace
from usecases.kernel.observability import operation_under_way


def create_api_handler(container: Container, endpoints: Sequence[Endpoint]) -> Handler[dict[str, Any]]:
    """The handler that serves `endpoints`, and the health of the service. Its adapters are made, and opened, now."""
    container.persistence().open()
    settings, router = container.settings(), Router(endpoints, container)

    def handle(payload: Payload) -> dict[str, Any]:
        """Answers the request that `payload` tells of.

        Raises:
            InvalidArgument: it tells of none.
        """
        if payload.get("version") != "2.0":
            raise InvalidArgument("version", "must be 2.0, the payload format of an HTTP API or a function URL")
        method = payload["requestContext"]["http"]["method"]
        authentication = _nobody_is_asked if settings.auth == "none" else partial(_caller, payload)
        path = _path(payload, settings.lambda_base_path or "")
        headers = {name.lower(): value for name, value in payload["headers"].items()}
        given = {"request_id": headers.get(REQUEST_ID), "traceparent": headers.get(TRACEPARENT)}
        with in_trace("request", method, **given) as operation:
            answer = _answer(router, method, path, payload, headers, authentication)
            if operation is not None:
                operation.facts["status"] = int(answer.status)
            trace = current_trace()
        body = b"" if method == "HEAD" else answer.body
        told = {} if trace is None else {REQUEST_ID: trace.request_id}
        return {"statusCode": int(answer.status), "headers": {**answer.headers, **told}, "body": body.decode()}

    return invoked(handle, settings)


def _answer(
    router: Router,
    method: str,
    path: str,
    payload: Payload,
    headers: Mapping[str, str],
    authentication: Authentication,
) -> Answer:
    try:
        route = router.find(method, path)
    except ServiceError as exc:
        return failure(exc)
    if (operation := operation_under_way()) is not None:
        operation.name = f"{method} {route.endpoint.path}"
    query = parse_qsl(payload["rawQueryString"], keep_blank_values=True)
    return route.answer(query, headers, _body(payload), authentication)


def _caller(payload: Payload) -> Caller:
    """Who sent the request, as the JWT authorizer of API Gateway found out.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html

    Raises:
        Unauthenticated: no such authorizer has verified a token for this route.
    """
    match payload["requestContext"]:
        case {"authorizer": {"jwt": {"claims": dict(claims)}}} if caller := Caller.of(_with_lists(claims)):
            return caller
    raise Unauthenticated("the request came by no JWT authorizer, which every route needs", challenge="Bearer")


def _with_lists(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims, with the scopes in a list where the token has a list: it arrives as a text in brackets."""
    given = {name: claims[name] for name in ("scope", "scp") if name in claims}
    lists = {
        name: scopes[1:-1].split(" ")
        for name, scopes in given.items()
        if isinstance(scopes, str) and scopes.startswith("[") and scopes.endswith("]")
    }
    return {**claims, **lists}


def _nobody_is_asked() -> None:
    return None


def _path(payload: Payload, base_path: str) -> str:
    """The path of the API.

    At an address of API Gateway's own, paths begin with the stage, unless that is `$default`. At any other they begin
    with the base path of the settings: nothing in a payload tells a mapping key from the path.
    """
    asked = payload["requestContext"]
    if asked.get("domainName", "").startswith(f"{asked.get('apiId')}.execute-api."):
        base_path = asked["stage"].removeprefix("$default")
    prefix = f"/{base_path.strip('/')}/" if base_path.strip("/") else "/"
    path: str = payload["rawPath"]
    return unquote(f"/{path.removeprefix(prefix)}" if path.startswith(prefix) else path)


def _body(payload: Payload) -> bytes:
    body: str = payload.get("body") or ""
    return base64.b64decode(body) if payload.get("isBase64Encoded") else body.encode()
