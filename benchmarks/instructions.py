"""How many instructions the CPU executes, by valgrind: hardly changed by other work on the machine, and 50 times as slow.

https://valgrind.org/docs/manual/cl-manual.html
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.data import IDS
from benchmarks.packages import trees
from benchmarks.processes import ENVIRONMENT
from benchmarks.processes import PEERS_PYTHON
from benchmarks.processes import a_stub
from benchmarks.processes import first
from benchmarks.report import Line
from benchmarks.report import Table

CALLGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
CALLS = 20
"""How many calls a second process makes, so that the difference to the first is that of as many calls."""


def measured(titles: Mapping[str, str]) -> Table:
    """A start of each variant, and a get."""
    if shutil.which(CALLGRIND[0]) is None:
        sys.exit("valgrind is not installed, which counts instructions")
    start, get = Line.of("start of a process to its first basket", "instructions"), Line.of("get", "instructions")
    with a_stub() as endpoint, trees(titles) as places:
        for variant in titles:
            place = places[variant]
            first(variant, endpoint, IDS[0], place)  # compiles
            once, often = _counted(variant, endpoint, 1, place), _counted(variant, endpoint, 1 + CALLS, place)
            start.add(variant, once)
            get.add(variant, (often - once) / CALLS)
    return Table("instructions", titles, [start, get])


def _counted(variant: str, endpoint: str, calls: int, place: Path) -> int:
    command = [*CALLGRIND, PEERS_PYTHON, "-m", "benchmarks.first", variant, endpoint, *[IDS[0]] * calls]
    environment = {**ENVIRONMENT, "PYTHONHASHSEED": "0"}
    run = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    assert found is not None, run.stderr
    return int(found[1])
