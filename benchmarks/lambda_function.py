"""What a start on Lambda costs: an API of the kernel, beside a plain handler of boto3 and pydantic, each from its zip; the API lean, too.

AWS's own runtime client runs both. Neither downloads the zip, which Lambda also has to do.
"""

import json
import sys
from typing import Any

from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.packages import packages
from benchmarks.processes import a_stub
from benchmarks.processes import cpu_seconds
from benchmarks.processes import peak_bytes
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
                    cpu, memory = cpu_seconds(function.pid), peak_bytes(function.pid)
                    for _ in range(WARM_CALLS):
                        _invoked(function)
                    invocation = (cpu_seconds(function.pid) - cpu) / WARM_CALLS
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
