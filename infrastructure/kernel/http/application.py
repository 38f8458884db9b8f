"""What happens around every request of the HTTP server, whatever answers it: its id, its trace, and its line in the log."""

import logging
from collections.abc import Iterable
from time import perf_counter

from fastapi import FastAPI
from starlette.types import Message
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from infrastructure.kernel.api.call import REQUEST_ID
from infrastructure.kernel.api.call import TRACEPARENT
from usecases.kernel.observability import current_trace
from usecases.kernel.observability import in_trace

logger = logging.getLogger(__name__)

ROUTE = "route"
"""Where in the scope of a request the route is written, once it is found: the log names no path, which may have data."""


class Application(FastAPI):
    """Each request has an id, which goes back in its answer, and a line in the log."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        given = _given(scope["headers"])
        began = perf_counter()
        status: int | None = None
        with in_trace("request", scope["method"], **given) as operation:
            trace = current_trace()

            async def answer(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start" and trace is not None:
                    status = message["status"]
                    message["headers"] = [*message["headers"], (REQUEST_ID.encode(), trace.request_id.encode())]
                await send(message)

            try:
                await super().__call__(scope, receive, answer)
            finally:
                route = f"{scope['method']} {scope.get(ROUTE, '?')}"
                if operation is not None:
                    operation.name = route
                    operation.facts["status"] = status
                milliseconds = round((perf_counter() - began) * 1000, 1)
                told = {"route": route, "status": status, "duration_ms": milliseconds}
                logger.info("%s %s", route, status or "without an answer", extra=told)


def _given(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, object]:
    """What a client says of its request; a header that is repeated says nothing."""
    values: dict[bytes, list[str]] = {REQUEST_ID.encode(): [], TRACEPARENT.encode(): []}
    for name, value in headers:
        if name in values:
            values[name].append(value.decode("latin-1"))
    request_id, traceparent = (each[0] if len(each) == 1 else None for each in values.values())
    return {"request_id": request_id, "traceparent": traceparent}
