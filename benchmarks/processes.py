"""The processes of a run: a stub of DynamoDB, workers, and those that start and end. None of them is this one."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
PYTHON = str(ROOT / ".venv-peers" / "bin" / "python")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "PATH": os.environ["PATH"],
}


class Worker:
    """A process that has one variant, see `benchmarks.worker`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def answers(self, operation: str) -> Any:
        """The baskets that the operation returns; none, if it writes."""
        return self._ask(operation, 0)

    def timed(self, operation: str, calls: int) -> dict[str, float]:
        """The seconds of a call, by `cpu` and by the `wall`."""
        timed: dict[str, float] = self._ask(operation, calls)
        return timed

    def _ask(self, operation: str, calls: int) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"operation": operation, "calls": calls}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def a_worker(variant: str, endpoint: str) -> Iterator[Worker]:
    """A worker, until the block ends."""
    with _running("benchmarks.worker", variant, endpoint) as process:
        yield Worker(process)


@contextmanager
def a_stub(delay_ms: int = 0) -> Iterator[str]:
    """The endpoint of a stub, which waits so long before each answer."""
    with _running("benchmarks.stub", str(delay_ms)) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"


def last_write(endpoint: str) -> bytes:
    """The body of the last write that the stub was sent."""
    with urlopen(endpoint) as answer:
        body: bytes = answer.read()
    return body


def first(variant: str, endpoint: str, id: str, tree: Path = ROOT) -> dict[str, Any]:
    """What a process tells that starts in `tree`, gets one basket, and ends."""
    command = [PYTHON, "-m", "benchmarks.first", variant, endpoint, id]
    run = subprocess.run(command, cwd=tree, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@contextmanager
def _running(module: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [PYTHON, "-m", module, *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
