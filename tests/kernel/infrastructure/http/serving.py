"""A server in a thread of its own."""

import socket
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from time import sleep

from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.http.server import Server
from infrastructure.kernel.http.server import listen
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.endpoints import ENDPOINTS

DEADLINE_SECONDS = 60


class Hanging:
    """A use case that answers when it is allowed to."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.crate = a_crate()

    def execute(self, request: object) -> Crate:
        self.begun.release()
        assert self.may_end.wait(DEADLINE_SECONDS)
        return self.crate


@dataclass(frozen=True)
class Serving:
    """A server that runs."""

    server: Server
    address: tuple[str, int]
    thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def connect(self) -> socket.socket:
        """A connection to it."""
        return socket.create_connection(self.address, timeout=DEADLINE_SECONDS)

    def wait_for_a_request(self) -> None:
        """Waits until a request has begun, all of it or its headers."""
        wait_until(lambda: bool(self.server.server_state.tasks))

    def stop(self) -> None:
        """Tells it to stop, and waits until it has."""
        self.server.should_exit = True
        self.thread.join(DEADLINE_SECONDS)
        assert not self.thread.is_alive()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + DEADLINE_SECONDS
    while not condition():
        assert monotonic() < deadline
        sleep(0.01)  # between two looks; nothing depends on how long


@contextmanager
def serving(container: Container) -> Iterator[Serving]:
    """Serves the tiny service on a free port of this machine."""
    with listen("127.0.0.1", 0) as listening:
        server = Server(create_app(container, ENDPOINTS, host="127.0.0.1"), container.settings())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        serving = Serving(server, listening.getsockname(), thread)
        yield serving
        serving.stop()
