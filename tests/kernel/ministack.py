"""ministack, a DynamoDB over the wire, on a free port of this machine.

`python -m tests.kernel.ministack --prefix PREFIX COMMAND...` runs a command of a service beside it, and stops it
afterwards; `--join`, given too, uses the ministack that another terminal has started so. The environment variables of the
service, which tell it the address, begin with the prefix. Those of AWS, which the shell may have, reach neither of them.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import REMAINDER
from argparse import ArgumentParser
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import ProxyHandler
from urllib.request import build_opener

from tests.kernel.environment import around_proxies
from tests.kernel.environment import without_aws

PROGRAM = Path(__file__).parents[2] / ".venv-ministack" / "bin" / "ministack"
START_SECONDS = 30
HEALTH_SECONDS = 2
ADDRESS = Path(os.environ.get("MINISTACK_ADDRESS", PROGRAM.parents[1] / "address"))
"""Where the address is written down for `--join`."""
HEALTH = "/_localstack/health"
DIRECTLY = build_opener(ProxyHandler({}))
"""Asks without the proxy of the environment, which knows nothing of this machine."""

Server = subprocess.Popen[bytes]


class NotStarted(RuntimeError):
    """A server ended, or did not answer in time."""


ENVIRONMENT: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
}
"""What keeps the client from looking for credentials that ministack does not ask for."""


@contextmanager
def ministack() -> Iterator[str]:
    """The address of a ministack of its own, empty, that stops at the end."""
    port = free_port()
    with serving(port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def serving(
    port: int, environment: Mapping[str, str] = {}, log: int | IO[bytes] = subprocess.DEVNULL
) -> Iterator[Server]:
    """A ministack on that port of this machine, empty, with these variables more; it stops at the end.

    Raises:
        NotStarted: it ended, or did not answer in time.
    """
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "PERSIST_STATE": "0", "LOG_LEVEL": "ERROR"}
    variables = {**without_aws(os.environ), **own, **environment}
    server = subprocess.Popen([PROGRAM], env=variables, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}{HEALTH}", server)
        yield server
    finally:
        server.terminate()
        server.wait()


def is_free(port: int) -> bool:
    """Whether nobody listens on that port of 127.0.0.1."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(url: str, server: Server) -> None:
    """Returns when `url` is answered.

    Raises:
        NotStarted: the server ended, or did not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(URLError, ConnectionError, TimeoutError), DIRECTLY.open(url, timeout=1):
            return
        time.sleep(0.05)
    raise NotStarted(f"{server.args!r} does not answer at {url}")


def is_running(address: str) -> bool:
    """Whether a ministack answers at `address`, and not just anybody."""
    with (
        suppress(HTTPException, KeyError, OSError, TypeError, ValueError),
        DIRECTLY.open(f"{address}{HEALTH}", timeout=HEALTH_SECONDS) as answer,
    ):
        return "dynamodb" in json.load(answer)["services"]
    return False


@contextmanager
def written_down() -> Iterator[str]:
    """The address of a ministack of its own, which others can join. There is one at a time."""
    if ADDRESS.exists():
        if is_running(address := ADDRESS.read_text(encoding="utf-8")):
            sys.exit(another(address))
        ADDRESS.unlink(missing_ok=True)  # of one that was killed
    with ministack() as address:
        try:
            with ADDRESS.open("x", encoding="utf-8") as file:
                file.write(address)
        except FileExistsError:
            sys.exit(another(ADDRESS.read_text(encoding="utf-8")))
        try:
            yield address
        finally:
            with suppress(FileNotFoundError):
                if ADDRESS.read_text(encoding="utf-8") == address:
                    ADDRESS.unlink()


def another(address: str) -> str:
    """Why no second ministack is started."""
    return (
        f"A ministack is running already, at {address}: stop the `make run-dynamodb` that started it. If that was "
        f"killed, end the process that listens there, or delete {ADDRESS} to leave it alone"
    )


@contextmanager
def joined() -> Iterator[str]:
    """The address of a ministack that is running."""
    if not ADDRESS.exists():
        sys.exit("No ministack is running: start `make run-dynamodb` in another terminal first")
    address = ADDRESS.read_text(encoding="utf-8")
    if not is_running(address):
        sys.exit(f"The ministack at {address} was killed: start `make run-dynamodb` in another terminal again")
    yield address


def main() -> int:
    """Runs a command of a service with the DynamoDB adapter on a ministack."""
    parser = ArgumentParser(prog="python -m tests.kernel.ministack", description=main.__doc__)
    parser.add_argument("--prefix", required=True, help="how the environment variables of the service begin")
    parser.add_argument("--join", action="store_true", help="use the ministack that another terminal has started")
    parser.add_argument("command", nargs=REMAINDER, help="what to run, with its arguments")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by way of what stops ministack
    with joined() if asked.join else written_down() as address:
        own = {
            f"{asked.prefix}PERSISTENCE": "dynamodb",
            f"{asked.prefix}DYNAMODB_ENDPOINT": address,
            f"{asked.prefix}AWS_REGION": "eu-west-1",
            f"{asked.prefix}DYNAMODB_CREATE_TABLE": "true",
        }
        command = subprocess.Popen(asked.command, env={**around_proxies(without_aws(os.environ)), **ENVIRONMENT, **own})
        signal.signal(signal.SIGTERM, lambda *_: command.terminate())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command gets it too, and ends by it
        return command.wait()


if __name__ == "__main__":
    sys.exit(main())
