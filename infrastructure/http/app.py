"""The FastAPI application, built from the routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from importlib.metadata import version

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi import Request
from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from domain.errors import ServiceError
from infrastructure.api.endpoint import MAX_BODY
from infrastructure.api.endpoint import Answer
from infrastructure.api.endpoint import failure
from infrastructure.api.openapi import openapi
from infrastructure.api.problems import BodyTooLarge
from infrastructure.api.problems import InternalError
from infrastructure.api.problems import MethodNotAllowed
from infrastructure.api.router import Router
from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from infrastructure.container import use_cases
from infrastructure.settings import Settings
from usecases.deadline import within

TITLE = "team-service"


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

    app.router.default = _served(
        Router(ROUTES, use_cases(container)), container.settings(), otherwise=app.router.default
    )
    return app


def _served(router: Router, settings: Settings, otherwise: ASGIApp) -> ASGIApp:
    """What serves all that FastAPI itself does not: the endpoints, and the problems that there are none."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await otherwise(scope, receive, send)
            return
        request = Request(scope, receive)
        route = router.find(request.method, scope["path"])
        query = request.query_params.multi_items()
        headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
        body = await _body(request) if route.endpoint.has_body else b""
        with within(settings.request_seconds, buffer=settings.deadline_buffer_seconds):
            answer = await run_in_threadpool(route.answer, query, headers, body)
        response = _response(answer)
        await response(scope, receive, send)

    return serve


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
        case HTTPException(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": allowed}):
            error = MethodNotAllowed(f"{request.url.path} does not take {request.method}", allowed=allowed.split(", "))
            answer = failure(error)
        case ServiceError():
            answer = failure(error)
        case _:
            answer = failure(InternalError("the request was not served"))
    return _response(answer)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))
