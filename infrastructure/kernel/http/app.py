"""The FastAPI application, built from the routes."""

import logging
from collections.abc import AsyncIterator
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import asynccontextmanager
from functools import cache
from functools import partial
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version
from typing import Any
from typing import TypeVar

from fastapi import FastAPI
from fastapi import Request
from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from domain.kernel.errors import ServiceError
from infrastructure.kernel.api.call import Answer
from infrastructure.kernel.api.endpoint import MAX_BODY
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.api.errors import BodyTooLarge
from infrastructure.kernel.api.errors import InternalError
from infrastructure.kernel.api.errors import MethodNotAllowed
from infrastructure.kernel.api.health import LIVE
from infrastructure.kernel.api.openapi import openapi
from infrastructure.kernel.api.problems import failure
from infrastructure.kernel.api.router import Router
from infrastructure.kernel.distributions import require_only_service
from infrastructure.kernel.http.access import Authenticator
from infrastructure.kernel.http.access import create_authenticator
from infrastructure.kernel.http.application import ROUTE
from infrastructure.kernel.http.application import Application
from infrastructure.kernel.http.threads import Threads
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.wiring import Container
from usecases.kernel.deadline import within

logger = logging.getLogger(__name__)

T = TypeVar("T")


def create_app(container: Container, endpoints: Sequence[Endpoint], *, host: str) -> FastAPI:
    """The application that serves `endpoints`, and the health of the service, to a server that listens on `host`.

    Its adapters are made now, so that what is set wrongly fails at start.

    Raises:
        Misconfigured: it would serve anyone without being told to, or a setting of an adapter is wrong.
    """
    require_only_service()
    settings = container.settings()
    authenticator = create_authenticator(settings, host)
    persistence = container.persistence()
    persistence.open()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(persistence.close)

    app = Application(
        title=settings.service,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        # It would begin another trace inside of ours, and tell paths and queries, which may have personal data.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    document = cache(lambda: openapi_document(settings.service, endpoints))
    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend OpenAPI
    for error in (HTTPException, ServiceError, Exception):
        app.add_exception_handler(error, _fail)

    app.router.default = _served(Router(endpoints, container), settings, authenticator, app.router.default)
    return app


def openapi_document(service: str, endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The OpenAPI document of `endpoints`, with the version of the installed service; 0 if it is not installed."""
    try:
        release = version(service)
    except PackageNotFoundError:
        release = "0"
    return openapi(endpoints, title=service, version=release)


def _served(router: Router, settings: Settings, authenticator: Authenticator, otherwise: ASGIApp) -> ASGIApp:
    """What serves all that FastAPI itself does not: the endpoints, and the problems that there are none.

    Each request has a thread, or waits for one; more than may wait are refused at once. Liveness is answered without a
    thread, so that a service is not restarted because its store hangs. No large body is read of somebody who may not
    call: those of many would take all the memory.
    """

    threads = Threads(settings.threads, waiting=settings.waiting_requests)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await otherwise(scope, receive, send)
            return
        request = Request(scope, receive)
        route = router.find(request.method, scope["path"])
        scope[ROUTE] = route.endpoint.path
        query = request.query_params.multi_items()
        headers = joined(request.headers.raw)
        authentication = cache(partial(authenticator, headers))
        body = b""
        try:
            if route.endpoint.may_have_body:
                if not _is_small(headers):
                    await in_a_thread(route.endpoint.admitted, authentication)
                body = await _body(request)
        except ClientDisconnect:
            logger.info("%s %s: the client went away before it had sent the whole body", request.method, scope[ROUTE])
            return
        answer = partial(route.answer, query, headers, body, authentication)
        await _response(answer() if route.endpoint is LIVE else await in_a_thread(answer))(scope, receive, send)

    async def in_a_thread(call: Callable[..., T], *args: Any) -> T:
        with within(settings.request_seconds, buffer=settings.deadline_buffer_seconds):
            return await threads.run(call, *args)

    return serve


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Each header once; the values of one that is repeated, in their order, with commas between.

    Nobody else is served meanwhile, so it takes one pass: a request may have thousands of them.
    """
    values: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    return {name.decode("latin-1"): b", ".join(each).decode("latin-1") for name, each in values.items()}


def _is_small(headers: Mapping[str, str]) -> bool:
    """Whether the length of the body is known, and has at most five digits: uvicorn alone keeps nearly as much."""
    return "transfer-encoding" not in headers and len(headers.get("content-length", "")) <= 5


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
