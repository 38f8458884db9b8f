"""The processes of a run: a stub of DynamoDB, workers, and those that start and end. None of them is this one."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = str(ROOT / ".venv-peers" / "bin" / "python")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "PATH": os.environ["PATH"],
}
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


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
        return asked(self._process, {"operation": operation, "calls": calls})


@contextmanager
def a_worker(variant: str, endpoint: str) -> Iterator[Worker]:
    """A worker, until the block ends."""
    with running("benchmarks.worker", variant, endpoint, python=PEERS_PYTHON) as process:
        yield Worker(process)


@contextmanager
def a_stub(delay_ms: int = 0) -> Iterator[str]:
    """The endpoint of a stub, which waits so long before each answer."""
    with running("benchmarks.stub", str(delay_ms)) as process:
        yield f"http://127.0.0.1:{told(process)}"


def last_write(endpoint: str) -> bytes:
    """The body of the last write that the stub was sent."""
    with urlopen(endpoint) as answer:
        body: bytes = answer.read()
    return body


def first(variant: str, endpoint: str, id: str, tree: Path = ROOT) -> dict[str, Any]:
    """What a process tells that starts in `tree`, gets one basket, and ends."""
    command = [PEERS_PYTHON, "-m", "benchmarks.first", variant, endpoint, id]
    run = subprocess.run(command, cwd=tree, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@contextmanager
def running(module: str, *arguments: str, python: str = sys.executable) -> Iterator["subprocess.Popen[str]"]:
    """A process that runs a module of the benchmarks until the block ends, which ends its standard input."""
    with subprocess.Popen(
        [python, "-m", module, *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def asked(process: "subprocess.Popen[str]", question: Any) -> Any:
    """What the process answers: a line of JSON for a line of JSON."""
    assert process.stdin is not None
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    return told(process)


def told(process: "subprocess.Popen[str]") -> Any:
    """The next line of JSON that the process prints."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def cpu_seconds(pid: int) -> float:
    """What all threads of a process have used, those that have ended excepted."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def peak_bytes(pid: int | str = "self") -> int:
    """The most memory that a process has had."""
    peak = _PEAK.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert peak is not None
    return int(peak[1]) * 1024
