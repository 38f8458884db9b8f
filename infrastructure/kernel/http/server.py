"""The HTTP server: uvicorn, with the limits that it lacks.

uvicorn closes a connection that is idle between two requests, and no other. Here no client can keep the server waiting:
not for headers, not for a body, not to read an answer.
"""

import asyncio
import errno
import logging
import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.http.connection import Connection
from infrastructure.kernel.settings import Settings

logger = logging.getLogger(__name__)

BACKLOG = 128
"""How many connections wait to be accepted, and how many asyncio accepts before it serves one of them."""
SECONDS_BETWEEN_COMPLAINTS = 60

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
