"""The FastAPI application, built from the routes."""

from collections.abc import AsyncIterator
from collections.abc import Awaitable
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi import Request
from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from domain.errors import ServiceError
from infrastructure.api.endpoint import MAX_BODY
from infrastructure.api.endpoint import Answer
from infrastructure.api.endpoint import Call
from infrastructure.api.endpoint import Endpoint
from infrastructure.api.endpoint import failure
from infrastructure.api.openapi import openapi
from infrastructure.api.problems import BodyTooLarge
from infrastructure.api.problems import InternalError
from infrastructure.api.problems import MethodNotAllowed
from infrastructure.api.problems import RouteNotFound
from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from infrastructure.container import use_cases

TITLE = "team-service"

View = Callable[[Request], Awaitable[Response]]


def create_app(container: Container) -> FastAPI:
    """The application. Its adapters are made now, so that what is set wrongly fails at start."""
    persistence = container.persistence()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = container.settings().threads
        yield
        await run_in_threadpool(persistence.close)

    app = FastAPI(title=TITLE, version=version(TITLE), redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    document = cache(lambda: openapi(ROUTES, title=app.title, version=app.version))
    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend OpenAPI
    for error in (HTTPException, ServiceError, Exception):
        app.add_exception_handler(error, _fail)

    known = use_cases(container)
    for path in dict.fromkeys(endpoint.path for endpoint in ROUTES):
        endpoints = {endpoint.method: endpoint for endpoint in ROUTES if endpoint.path == path}
        app.add_route(path, _view(endpoints, known), methods=list(endpoints), include_in_schema=False)
    return app


def _view(endpoints: dict[str, Endpoint], known: dict[type[Any], Callable[[], Any]]) -> View:
    """What serves the endpoints of one path. A use case that the container lacks is a KeyError now, not later."""
    served = {method: (endpoint, known[endpoint.use_case]) for method, endpoint in endpoints.items()}

    async def view(request: Request) -> Response:
        endpoint, use_case = served["GET" if request.method == "HEAD" else request.method]
        call = Call(
            path=request.path_params,
            query=request.query_params.multi_items(),
            headers={name: ", ".join(request.headers.getlist(name)) for name in request.headers},
            body=await _body(request) if endpoint.has_body else b"",
        )
        return _response(await run_in_threadpool(endpoint.answer, call, use_case))

    return view


async def _body(request: Request) -> bytes:
    """The body, read no further than it may be long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BodyTooLarge(f"the body must have at most {MAX_BODY} bytes")
    return bytes(body)


async def _fail(request: Request, error: Exception) -> Response:
    """What went wrong outside of an endpoint, as a problem."""
    match error:
        case HTTPException(status_code=HTTPStatus.NOT_FOUND):
            answer = failure(RouteNotFound(f"nothing is served at {request.url.path}"))
        case HTTPException(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers=headers):
            answer = failure(MethodNotAllowed(f"{request.url.path} does not take {request.method}"))
            answer = replace(answer, headers={**answer.headers, **(headers or {})})
        case ServiceError():
            answer = failure(error)
        case _:
            answer = failure(InternalError("the request was not served"))
    return _response(answer)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))
