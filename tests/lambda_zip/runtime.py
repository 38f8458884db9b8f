"""Lambda on this machine: AWS's own runtime client, which runs a handler, and the API that it asks for invocations.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. AWS's emulator of that API is on no package index.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from queue import Empty
from queue import Queue
from tempfile import TemporaryDirectory
from threading import Event
from threading import Thread
from time import perf_counter
from time import time
from typing import Any
from typing import TypeVar
from uuid import uuid4

from tests.kernel.ministack import ENVIRONMENT

PYTHON = Path(__file__).parents[2] / ".venv-runtime" / "bin" / "python"
START_SECONDS = 60
STOP_SECONDS = 60
API = "/2018-06-01/runtime"


T = TypeVar("T")


class TimedOut(Exception):
    """There was no answer within the timeout of the function, and its process was killed, as Lambda does."""


class Ended(Exception):
    """The process has ended by itself, without an answer."""


@dataclass(frozen=True)
class Invocation:
    """How one ended: with what the handler returned, or with the error that the runtime client told of."""

    request_id: str
    answer: Any
    error: Mapping[str, Any] | None
    seconds: float


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: Queue[float] = Queue()
        self.given: Queue[tuple[Mapping[str, str], bytes]] = Queue()
        self.told: Queue[tuple[str, Any]] = Queue()
        self.restored = Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """The function asks for the next invocation, and waits for it; or to be restored, which it is at once."""
        if self.path == f"{API}/restore/next":
            self.server.restored.set()
            self._answer(200, b"{}", {})
            return
        self.server.asked.put(perf_counter())
        headers, payload = self.server.given.get()
        self._answer(200, payload, headers)

    def do_POST(self) -> None:
        """The function tells how an invocation, or its start, ended."""
        self.server.told.put((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self._answer(202, b"{}", {})

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Function:
    """A function in its environment, which takes one invocation at a time."""

    def __init__(self, server: _Server, process: subprocess.Popen[bytes], log: Path, timeout_seconds: float) -> None:
        self._server = server
        self._process = process
        self._log = log
        self._timeout_seconds = timeout_seconds
        self._started_at = perf_counter()

    @property
    def pid(self) -> int:
        """That of the process, which Lambda keeps from one invocation to the next."""
        return self._process.pid

    def started(self) -> float:
        """How many seconds it took until the first invocation could come.

        Raises:
            Ended, TimedOut: it did not start; with its log.
        """
        return self._next(self._server.asked, START_SECONDS) - self._started_at

    @property
    def was_restored(self) -> bool:
        """Whether it asked for that, as a function with SnapStart does when its hooks before the snapshot have run."""
        return self._server.restored.is_set()

    def start_error(self) -> Any:
        """Why it did not start.

        Raises:
            Ended, TimedOut: it did not say; with its log.
        """
        path, error = self._next(self._server.told, START_SECONDS)
        assert path == f"{API}/init/error"
        return error

    def invoke(self, payload: Any) -> Invocation:
        """Has the payload handled, and waits until another could come.

        Raises:
            Ended, TimedOut: it was not, or not in time; with the log.
        """
        request_id = str(uuid4())
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time() + self._timeout_seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:under-test",
        }
        began = perf_counter()
        self._server.given.put((headers, json.dumps(payload).encode()))
        path, told = self._next(self._server.told, self._timeout_seconds)
        seconds = perf_counter() - began
        assert path.startswith(f"{API}/invocation/{request_id}/"), path
        self._next(self._server.asked, START_SECONDS)
        failed = path.endswith("/error")
        return Invocation(request_id, None if failed else told, told if failed else None, seconds)

    def freeze(self) -> None:
        """Stops all of it where it is, as Lambda does between invocations."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def _next(self, queue: "Queue[T]", seconds: float) -> T:
        """What comes next out of `queue`, of which the process is the source."""
        until = perf_counter() + seconds
        while perf_counter() < until:
            has_ended = self._process.poll() is not None  # asked first, for what it has told before is in the queue
            with suppress(Empty):
                return queue.get(timeout=0 if has_ended else min(0.1, seconds))
            if has_ended:
                raise Ended(self.text())
        self._process.kill()
        raise TimedOut(f"nothing within {seconds} s: {self.text()}")

    def text(self) -> str:
        """All that it has logged and printed."""
        return self._log.read_text(encoding="utf-8")

    def log(self) -> list[dict[str, Any]]:
        """All that it has logged."""
        return [json.loads(line) for line in self.text().splitlines()]


def surroundings(package: Path) -> dict[str, str]:
    """The variables that Lambda sets, and nothing of this process."""
    return {
        **ENVIRONMENT,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python3.{sys.version_info.minor}",
        "AWS_LAMBDA_FUNCTION_NAME": "under-test",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_REGION": "eu-west-1",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "LAMBDA_TASK_ROOT": str(package),
        "PATH": os.defpath,
        "PYTHONPATH": str(package),
    }


@contextmanager
def a_function(
    package: Path, handler: str, environment: Mapping[str, str], *, timeout_seconds: float = 60, memory_mb: int = 512
) -> Iterator[Function]:
    """The function that is made of an unzipped package, with nothing else in reach; it is killed at the end."""
    with TemporaryDirectory() as folder, _Server() as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        log = Path(folder, "log")
        variables = {
            **surroundings(package),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            **environment,
        }
        command = [str(PYTHON), "-m", "awslambdaric", handler]
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=package, env=variables, stdout=output, stderr=output)
        try:
            yield Function(server, process, log, timeout_seconds)
        finally:
            process.kill()
            process.wait(STOP_SECONDS)
            server.shutdown()
            serving.join()
