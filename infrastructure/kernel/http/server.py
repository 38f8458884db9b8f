"""The HTTP server: uvicorn, with the limits that it lacks.

uvicorn closes a connection that is idle between two requests, and no other. Here no client can keep the server waiting:
not for headers, not for a body, not to read an answer.
"""

import asyncio
import errno
import logging
import socket
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.settings import Settings

logger = logging.getLogger(__name__)

BACKLOG = 128
"""How many connections wait to be accepted, and how many asyncio accepts before it serves one of them."""
STOPPING_SECONDS = 2
"""How long a stopping server waits for the rest of a body."""
SECONDS_BETWEEN_COMPLAINTS = 60

_TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_NO_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        Misconfigured: it cannot; the port is taken, for example.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as exc:
        raise Misconfigured(f"nothing can be served at {host}, port {port}: {exc}") from exc


class Server(uvicorn.Server):
    """Serves an application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                backlog=BACKLOG,
                limit_concurrency=settings.connections,
                timeout_keep_alive=settings.client_seconds,
                timeout_graceful_shutdown=settings.shutdown_seconds,
                server_header=False,
                log_config=None,
                access_log=False,  # the application writes one, without what a path and a query say
            )
        )
        self._complained_at = float("-inf")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._complain)
        await super().startup(sockets)

    def _complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Logs what nobody caught. Without file descriptors asyncio reports thousands a second: one line a minute."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _NO_DESCRIPTORS:
            loop.default_exception_handler(context)
        elif loop.time() > self._complained_at + SECONDS_BETWEEN_COMPLAINTS:
            self._complained_at = loop.time()
            logger.error("no connection can be accepted: %s", error.strerror)


class Connection(H11Protocol):
    """A connection that ends when its client keeps the server waiting for too long, or when too many others are open.

    The time, `timeout_keep_alive`, begins anew with the headers of each request, with its body, and whenever the client
    does not read its answer. Of more than `limit_concurrency` connections, the one that has kept the server waiting for
    longest is closed: so there is always room for a probe. (uvicorn itself would keep it, and refuse its requests.)
    """

    def __init__(self, config: uvicorn.Config, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._most = config.limit_concurrency
        self.limit_concurrency = None
        self._waits_for: object = None
        self._clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._look()
        if self._most is not None and len(self.connections) > self._most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop()

    def shutdown(self) -> None:
        super().shutdown()
        if self._waits_for is h11.SEND_BODY:
            self._start(STOPPING_SECONDS)

    def _look(self) -> None:
        """Begins to count the time when something else is waited for than before."""
        waits_for: object = None
        if self.flow.write_paused or self.transport.is_closing():
            waits_for = "the answer to be read"
        elif self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            waits_for = self.conn.their_state
        if waits_for is not self._waits_for:
            self._stop()
            self._waits_for = waits_for
            if waits_for is not None:
                self._start(self.timeout_keep_alive)

    def _start(self, seconds: float) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = self.loop.call_later(seconds, self._give_up)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = None
        self._waits_for = None

    def _give_up(self) -> None:
        if self._waits_for is h11.SEND_BODY and not self.cycle.response_started:
            self.transport.write(_TIMED_OUT)
        self.transport.abort()

    def _make_room(self) -> None:
        clocks = {
            connection: connection._clock.when()
            for connection in self.connections
            if isinstance(connection, Connection) and connection._clock is not None
        }
        longest = min(clocks, key=clocks.__getitem__)
        longest._stop()
        longest.transport.abort()
