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
from benchmarks.processes import ROOT
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
    with a_stub() as endpoint, trees() as zipped:
        for variant in titles:
            tree = zipped.get(variant, ROOT)
            first(variant, endpoint, IDS[0], tree)  # compiles
            once, often = _counted(variant, endpoint, 1, tree), _counted(variant, endpoint, 1 + CALLS, tree)
            start.add(variant, once)
            get.add(variant, (often - once) / CALLS)
    return Table("instructions", titles, [start, get])


def _counted(variant: str, endpoint: str, calls: int, tree: Path) -> int:
    command = [*CALLGRIND, PEERS_PYTHON, "-m", "benchmarks.first", variant, endpoint, *[IDS[0]] * calls]
    environment = {**ENVIRONMENT, "PYTHONHASHSEED": "0"}
    run = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    assert found is not None, run.stderr
    return int(found[1])
