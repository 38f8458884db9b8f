"""A proxy on loopback that does to connections what networks do."""

import socket
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Proxy(ThreadingHTTPServer):
    """Takes requests to the server at `target`, each next one by way of a fault if `faults` has one left."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target).netloc
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.faults: list[Fault] = []
        self.forwarded: list[str] = []
        self.bodies: list[bytes] = []
        self.connections: list[socket.socket] = []
        self.closing = threading.Event()

    def hang_up(self) -> None:
        """Closes all connections, as a server does with those that nobody uses."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: Any) -> None:
        """A connection that breaks is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Proxy

    def setup(self) -> None:
        super().setup()
        self.server.connections.append(self.connection)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.faults.pop(0) if self.server.faults else answer_whole
        self.close_connection = fault is not answer_whole
        fault(self, lambda: self._forwarded(body))

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _forwarded(self, body: bytes) -> bytes:
        """The answer of the server, head and all."""
        connection = HTTPConnection(self.server.target)
        connection.request("POST", self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.server.bodies.append(body)
        self.server.forwarded.append(self.headers["X-Amz-Target"].rpartition(".")[2])
        headers = {**dict(answer.getheaders()), "Content-Length": str(len(content))}
        headers.pop("Transfer-Encoding", None)
        head = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*head, "", ""]).encode() + content


Fault = Callable[[_Handler, Callable[[], bytes]], Any]


def answer_whole(handler: _Handler, forward: Callable[[], bytes]) -> None:
    """No fault."""
    handler.wfile.write(forward())


def close_before_forwarding(handler: _Handler, forward: Callable[[], bytes]) -> None:
    """The request is read, and goes nowhere."""


def close_after_forwarding(handler: _Handler, forward: Callable[[], bytes]) -> None:
    """The server answers, and nobody hears it."""
    forward()


def close_within_the_answer(handler: _Handler, forward: Callable[[], bytes]) -> None:
    """The last byte of the answer is missing."""
    handler.wfile.write(forward()[:-1])


def reset_within_the_head(handler: _Handler, forward: Callable[[], bytes]) -> None:
    """The connection is reset after the first bytes of the answer."""
    handler.wfile.write(forward()[:9])
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def never_answer(handler: _Handler, forward: Callable[[], bytes]) -> None:
    """The server answers; the answer is held back for as long as the proxy runs."""
    forward()
    handler.server.closing.wait()


def answer_after(seconds: float) -> Fault:
    """The server answers; the answer takes so long."""

    def answer_late(handler: _Handler, forward: Callable[[], bytes]) -> None:
        answer = forward()
        handler.server.closing.wait(seconds)
        handler.wfile.write(answer)

    return answer_late


def forward_after(seconds: float) -> Fault:
    """The request arrives at the server so much later, and after others that were sent since."""

    def forward_late(handler: _Handler, forward: Callable[[], bytes]) -> None:
        handler.server.closing.wait(seconds)
        handler.wfile.write(forward())

    return forward_late


class PatientProxy(Proxy):
    """Does not end before every request that it has taken has met its end."""

    daemon_threads = False

    def server_close(self) -> None:
        self.hang_up()
        super().server_close()


@contextmanager
def running(target: str, kind: type[Proxy] = Proxy) -> Iterator[Proxy]:
    """A proxy in front of the server at `target`."""
    with kind(target) as proxy:
        serving = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield proxy
        finally:
            proxy.closing.set()
            with suppress(OSError):
                proxy.shutdown()
            serving.join()
