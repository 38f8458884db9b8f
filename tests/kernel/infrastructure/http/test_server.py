"""A server that is told to stop finishes what it has begun."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from infrastructure.kernel.http.app import create_app
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.ministack import free_port
from tests.kernel.service.cli import COMMAND
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import PREFIX

DEADLINE_SECONDS = 60


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


class Blocking:
    """A use case that ends when it is allowed to."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.crate = a_crate()

    def execute(self, request: object) -> Crate:
        self.begun.set()
        assert self.may_end.wait(DEADLINE_SECONDS)
        return self.crate


class Server(uvicorn.Server):
    """A server that tells when it begins to stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = threading.Event()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.stopping.set()
        await super().shutdown(sockets)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def url(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_request_in_flight_is_answered_before_the_server_stops(container: Container, listening: socket.socket):
    blocking = Blocking()
    container.get_crate.override(blocking)
    server = Server(
        uvicorn.Config(
            create_app(container, ENDPOINTS, host="127.0.0.1"),
            log_config=None,
            timeout_graceful_shutdown=DEADLINE_SECONDS,
        )
    )
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    serving.start()

    with ThreadPoolExecutor(1) as client:
        request = client.submit(httpx.get, f"{url(listening)}/crates/s1", timeout=DEADLINE_SECONDS)
        try:
            assert blocking.begun.wait(DEADLINE_SECONDS)
            server.should_exit = True
            assert server.stopping.wait(DEADLINE_SECONDS)
            assert not request.done()
        finally:
            blocking.may_end.set()
    serving.join(DEADLINE_SECONDS)

    assert request.result().status_code == 200
    assert request.result().json()["name"] == blocking.crate.name
    assert not serving.is_alive()


@dataclass(frozen=True)
class Served:
    """The command `serve` in a process of its own."""

    process: subprocess.Popen[str]
    address: tuple[str, int]

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                httpx.get(f"{self.url}/health/ready", timeout=DEADLINE_SECONDS).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)  # between two questions; nothing depends on how long
            else:
                return
        pytest.fail(f"not ready; the exit code is {self.process.poll()}")


@pytest.fixture
def served() -> Iterator[Served]:
    """The command on a free port."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with (
        free_port() as port,
        subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)], env=environment, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            yield Served(process, ("127.0.0.1", port))
        finally:
            process.kill()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=lambda told: told.name)
def test_a_served_process_stops_cleanly_when_it_is_told_to(served, told):
    served.wait_until_ready()
    created = httpx.post(f"{served.url}/crates", json={"name": "Rail"}, timeout=DEADLINE_SECONDS)

    served.process.send_signal(told)
    _, log = served.process.communicate(timeout=DEADLINE_SECONDS)

    assert created.status_code == 201
    assert served.process.returncode == 0
    assert "Traceback" not in log
    assert "CrateCreated" in log


def test_the_log_of_a_server_names_the_route_and_neither_path_nor_query(served):
    served.wait_until_ready()

    for path in ("/crates/Jane", "/crates?by=Jane", "/Jane", "/docs?by=Jane"):
        httpx.get(f"{served.url}{path}")
    with socket.create_connection(served.address, timeout=DEADLINE_SECONDS) as client:
        client.sendall(b"GET /crates?by=Jane HTTP/9\r\nx-jane: Jane\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400")
    served.process.terminate()
    _, log = served.process.communicate(timeout=DEADLINE_SECONDS)

    assert "GET /crates/{id} 404" in log
    assert "Jane" not in log
