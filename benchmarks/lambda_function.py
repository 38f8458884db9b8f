"""What a start on Lambda costs: an API of the kernel, beside a plain handler of boto3 and pydantic, each from its zip; the API lean, too.

AWS's own runtime client runs both. Neither downloads the zip, which Lambda also has to do.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.packages import packages
from benchmarks.processes import a_stub
from benchmarks.report import Line
from tests.lambda_zip.runtime import Function
from tests.lambda_zip.runtime import a_function

WARM_CALLS = 100
PAYLOAD = {
    "version": "2.0",
    "rawPath": f"/baskets/{IDS[0]}",
    "rawQueryString": "",
    "headers": {},
    "requestContext": {"http": {"method": "GET"}},
}


def measured(rounds: int) -> list[Line]:
    """The starts of the functions in turns, and what they take when they are warm."""
    start = Line.of("Lambda: start to first answer", "cpu")
    waited = Line.of("Lambda: start to first answer", "wall")
    warm = Line.of("Lambda: a warm invocation", "cpu")
    peak = Line.of("Lambda: peak of memory", "bytes")
    size = Line.of("Lambda: zip", "bytes")
    with a_stub() as endpoint, packages(endpoint) as variants:
        for number in range(-1, rounds):  # the first one fills the caches of the file system
            for variant, package in variants.items():
                with a_function(package.tree, package.handler, package.environment) as function:
                    ready = function.started()
                    answered = ready + _invoked(function)
                    cpu, memory = _cpu_seconds(function.pid), _peak_bytes(function.pid)
                    for _ in range(WARM_CALLS):
                        _invoked(function)
                    invocation = (_cpu_seconds(function.pid) - cpu) / WARM_CALLS
                if number >= 0:
                    for line, value in ((start, cpu), (waited, answered), (warm, invocation), (peak, memory)):
                        line.add(variant, value)
        for variant, package in variants.items():
            size.add(variant, package.zip_bytes)
    return [start, waited, warm, peak, size]


def _invoked(function: Function) -> float:
    """The seconds that an invocation takes."""
    invocation = function.invoke(PAYLOAD)
    answer: Any = invocation.answer
    if json.loads(answer["body"]) != basket(0):
        sys.exit(f"not the answer that is expected: {invocation}")
    return invocation.seconds


def _cpu_seconds(pid: int) -> float:
    """What all threads of a process have used, those that have ended excepted."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def _peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert peak is not None
    return int(peak[1]) * 1024
