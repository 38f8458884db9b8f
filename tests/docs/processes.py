"""Processes of the service, as the pages have you start them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest

from infrastructure.settings import Settings
from tests.kernel.fixtures import ADAPTERS
from tests.kernel.ministack import free_port

Command = Sequence[str | Path]

ROOT = Path(__file__).parents[2]
PREFIX = Settings.variable("")

TEAM_SERVICE = Path(sys.executable).with_name("team-service")
ON_MINISTACK = (sys.executable, "-m", "tests.kernel.ministack", "--prefix", PREFIX, TEAM_SERVICE)

SERVERS: Mapping[str, tuple[Command, Mapping[str, str]]] = {
    "memory": ((TEAM_SERVICE,), {}),
    "ministack": (ON_MINISTACK, {}),
    "ministack-curl": (
        ON_MINISTACK,
        {f"{PREFIX}DYNAMODB_LISTING_SHARDS": "3", f"{PREFIX}DYNAMODB_TRANSPORT": "curl"},
    ),
}
"""By adapter, how `make run` and `make run-dynamodb` start the command line, and with what environment."""
TOURED = [adapter.name for adapter in ADAPTERS if adapter.name in SERVERS] or ["memory"]

START_SECONDS = 60
STOP_SECONDS = 60


@contextmanager
def serving(command_line: Command, environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    """The address of a server of this service, stopped in the end as Ctrl-C does, with all it has started."""
    log = folder / "server.log"
    with (
        free_port() as port,
        running(
            [*command_line, "serve", "--port", str(port)], {**os.environ, **environment, **_address_in(folder)}, log
        ) as server,
    ):
        _await_readiness(port, server, log)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def relaying(environment: Mapping[str, str], folder: Path) -> Iterator[Path]:
    """The log of what `make relay` starts."""
    log = folder / "relay.log"
    with running(
        [*ON_MINISTACK[:-1], "--join", TEAM_SERVICE, "relay"], {**os.environ, **environment, **_address_in(folder)}, log
    ):
        yield log


def _address_in(folder: Path) -> dict[str, str]:
    """Keeps the address apart from that of a `make run-dynamodb` in this checkout."""
    return {"MINISTACK_ADDRESS": str(folder / "address")}


@contextmanager
def running(command: Command, environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped in the end as Ctrl-C does, with all it has started."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def await_line(log: Path, part: str) -> str:
    """The first line with that in it."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8").splitlines():
            if f'"{part}"' in line:
                return line
        time.sleep(0.05)
    pytest.fail(f"{part} was not told of in time; the log:\n{log.read_text(encoding='utf-8')}")


def _await_readiness(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if _is_ready(port):
            return
        time.sleep(0.05)
    pytest.fail(f"the server was not ready in time; its log:\n{log.read_text(encoding='utf-8', errors='replace')}")


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
