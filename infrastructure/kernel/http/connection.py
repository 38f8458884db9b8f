"""A connection of the HTTP server: uvicorn's, with the limits that it lacks."""

import asyncio
import logging
from enum import Enum
from enum import auto
from time import monotonic
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = logging.getLogger(__name__)

STOPPING_SECONDS = 2
"""How long a stopping server waits for the rest of a body."""
MAX_HEADERS = 64 * 1024
"""How many bytes the headers of a request may have."""
MAX_PIPELINED = 100
"""How many requests of one connection may wait while another one of it is served."""

_REFUSED = b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_MALFORMED = _REFUSED % b"400 Bad Request"
_TIMED_OUT = _REFUSED % b"408 Request Timeout"
_TOO_LARGE = _REFUSED % b"431 Request Header Fields Too Large"


class Wait(Enum):
    """What a client may keep the server waiting for: the headers of a request, its body, or that it reads an answer."""

    HEADERS = auto()
    BODY = auto()
    READING = auto()


class Connection(HttpToolsProtocol):
    """A connection that ends when its client keeps the server waiting for too long, or when too many others are open.

    The time, `timeout_keep_alive`, begins anew with the headers of each request, with its body, and whenever the client
    does not read its answer. Of more than `limit_concurrency` connections, the one that has kept the server waiting for
    longest is closed: so there is always room for a probe. (uvicorn itself would keep it, and refuse its requests.)
    """

    def __init__(self, config: uvicorn.Config, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._most = config.limit_concurrency
        self.limit_concurrency = None
        self._part = Wait.HEADERS
        self._size = 0
        self._without_upgrade = b""
        self._waits_for: Wait | None = None
        self._since = 0.0
        self._clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._look()
        if self._most is not None and len(self.connections) > self._most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._size += len(data)
        try:
            self._parse(data)
        except httptools.HttpParserError as exc:
            logger.warning("a request was refused: %s", exc.__context__ or exc)
            self._refuse(_MALFORMED)
        else:
            if self._size > MAX_HEADERS:
                logger.warning("a request was refused: its headers have more than %d bytes", MAX_HEADERS)
                self._refuse(_TOO_LARGE)
        self._look()

    def _parse(self, data: bytes) -> None:
        """Parses it. After the headers of a request for another protocol, the parser takes the rest for that protocol.

        No other is spoken here, so that request is parsed again without the wish. Java's client has it by default.
        """
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as exc:
                data = self._without_upgrade + data[exc.args[0] :]
            else:
                return

    def on_headers_complete(self) -> None:
        method, version = self.parser.get_method(), self.parser.get_http_version()
        if method == b"CONNECT":
            raise ValueError("CONNECT is for proxies")
        if version == "1.1" and sum(name == b"host" for name, _ in self.headers) != 1:
            raise ValueError("it must have one header Host")
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError(f"more than {MAX_PIPELINED} wait on its connection")
        if self.parser.should_upgrade():
            kept = b"".join(b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade")
            self._without_upgrade = b"%b %b HTTP/%b\r\n%b\r\n" % (method, self.url, version.encode(), kept)
            return
        super().on_headers_complete()
        self._part, self._size = Wait.BODY, 0

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._size = 0

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()
            self._part, self._size = Wait.HEADERS, 0

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
        if self._waits_for is Wait.BODY:
            self._start(STOPPING_SECONDS)

    def _look(self) -> None:
        """Begins to count the time when something else is waited for than before."""
        waits_for: Wait | None = None
        if self.flow.write_paused or self.transport.is_closing():
            waits_for = Wait.READING
        elif not self.pipeline and (self._part is Wait.BODY or self._is_idle()):
            waits_for = self._part
        if waits_for is not self._waits_for:
            self._stop()
            self._waits_for = waits_for
            if waits_for is not None:
                self._start(self.timeout_keep_alive)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]  # at first it is None

    def _start(self, seconds: float) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._since = monotonic()  # uvloop tells the time in milliseconds, and connections come faster
        self._clock = self.loop.call_later(seconds, self._give_up)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = None
        self._waits_for = None

    def _give_up(self) -> None:
        if self._waits_for is Wait.BODY:
            self._refuse(_TIMED_OUT)
        self.transport.abort()

    def _refuse(self, answer: bytes) -> None:
        """Answers so to what is being received, and closes the connection. Answers that are due before it come first."""
        if self._part is Wait.HEADERS and not self._is_idle():
            self.flow.pause_reading()
            self.cycle.keep_alive = False  # uvicorn closes the connection after it
            return
        if self._is_idle() if self._part is Wait.HEADERS else not (self.pipeline or self.cycle.response_started):
            self.transport.write(answer)
        self.transport.close()

    def _make_room(self) -> None:
        waited_for = [
            connection
            for connection in self.connections
            if isinstance(connection, Connection) and connection._clock is not None
        ]
        longest = min(waited_for, key=lambda connection: connection._since)
        longest._stop()
        longest.transport.abort()
