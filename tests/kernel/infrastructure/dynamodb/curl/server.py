"""A server on loopback that notes what it receives, and answers as it is told."""

import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import NamedTuple

JSON = {"Content-Type": "application/x-amz-json-1.0"}


class Received(NamedTuple):
    """A request, and over which connection it came."""

    connection: int
    path: str
    headers: dict[str, str]
    body: bytes


class Server(ThreadingHTTPServer):
    """Answers `{}`, unless there are replies: each next request meets the next of them."""

    daemon_threads = True
    request_queue_size = 50

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.received: list[Received] = []
        self.replies: list[Reply] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()

    @property
    def connections(self) -> int:
        """How many of them requests came over."""
        return len({received.connection for received in self.received})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.lock:
            self.server.received.append(Received(self.client_address[1], self.path, headers, body))
            reply = self.server.replies.pop(0) if self.server.replies else answering(200)
        reply(self)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


Reply = Callable[[_Handler], None]


def answering(status: int, body: bytes = b"{}", **headers: str) -> Reply:
    def reply(handler: _Handler) -> None:
        handler.send_response_only(status)
        for name, value in {**JSON, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def hang_up(handler: _Handler) -> None:
    """Closes the connection without an answer."""
    handler.close_connection = True


def answer_and_hang_up(handler: _Handler) -> None:
    """Closes the connection after the answer, without saying so."""
    answering(200)(handler)
    handler.close_connection = True


def never_answer(handler: _Handler) -> None:
    """Holds the answer back for as long as the server runs."""
    handler.server.closing.wait()
    handler.close_connection = True


@contextmanager
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
