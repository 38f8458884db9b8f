"""Measures this service and its peers beside plain boto3 and pydantic, in turns: `python -m benchmarks`."""

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks import lambda_function
from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.operations import OPERATIONS
from benchmarks.operations import written
from benchmarks.packages import lean_tree
from benchmarks.processes import ROOT
from benchmarks.processes import Worker
from benchmarks.processes import a_stub
from benchmarks.processes import a_worker
from benchmarks.processes import first
from benchmarks.processes import last_write
from benchmarks.report import Line
from benchmarks.report import as_markdown
from benchmarks.variants import BASELINE
from benchmarks.variants import CURL
from benchmarks.variants import IN_MEMORY
from benchmarks.variants import LEAN
from benchmarks.variants import OURS
from benchmarks.variants import PEERS

CALLS = ("get", "put", "save", "page", "batch", "together")
SLOW = "thousand"
DELAY_MS = 20
CPU_SECONDS = 0.1
"""How long the baseline is timed in a round."""
FOLDER = ROOT / "dist"


def main() -> None:
    """Prints a table of ratios, and writes it with every measurement to `dist/bench.md` and `dist/bench.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each is measured (default: 15)")
    parser.add_argument("--only", choices=("start", "calls", "slow", "lambda"), help="measures one part")
    parser.add_argument("--variants", nargs="*", choices=(*PEERS, *OURS), default=(*PEERS, *OURS))
    chosen = parser.parse_args()
    variants = (BASELINE, *chosen.variants)
    lines: list[Line] = []
    if chosen.only in (None, "start"):
        lines += starts(tuple(variant for variant in variants if variant != IN_MEMORY), chosen.rounds)
    in_turns = tuple(variant for variant in variants if variant != LEAN)  # of its zip the start is another one
    if chosen.only in (None, "calls"):
        lines += calls(in_turns, chosen.rounds)
    if chosen.only in (None, "slow"):
        lines += slow_calls(in_turns, chosen.rounds)
    if chosen.only in (None, "lambda"):
        lines += lambda_function.measured(chosen.rounds)
    table = as_markdown(lines, variants)
    FOLDER.mkdir(exist_ok=True)
    Path(FOLDER, "bench.md").write_text(table, encoding="utf-8")
    Path(FOLDER, "bench.json").write_text(json.dumps([line._asdict() for line in lines], indent=1), encoding="utf-8")
    print(table)


def starts(variants: tuple[str, ...], rounds: int) -> list[Line]:
    """From the start of a process to its first basket."""
    cpu, peak = Line.of("start of a process to its first basket", "cpu"), Line.of("peak of memory after it", "bytes")
    with a_stub() as endpoint, lean_tree() as tree:
        for number in range(-1, rounds):  # the first one compiles
            for variant in variants:
                told = first(CURL, endpoint, IDS[0], tree) if variant == LEAN else first(variant, endpoint, IDS[0])
                if told["basket"] != basket(0):
                    sys.exit(f"{variant}: the first basket is another one")
                if number >= 0:
                    cpu.add(variant, told["cpu"])
                    peak.add(variant, told["peak"])
    return [cpu, peak]


def calls(variants: tuple[str, ...], rounds: int) -> list[Line]:
    """Single calls, in processes that have made some before."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(a_stub())
        workers = {variant: stack.enter_context(a_worker(variant, endpoint)) for variant in variants}
        return [_measured(workers, operation, endpoint, rounds, "cpu") for operation in CALLS]


def slow_calls(variants: tuple[str, ...], rounds: int) -> list[Line]:
    """A call of many requests, each of which is answered late."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(a_stub(DELAY_MS))
        workers = {variant: stack.enter_context(a_worker(variant, endpoint)) for variant in variants}
        return [_measured(workers, SLOW, endpoint, rounds, "wall")]


def _measured(workers: dict[str, Worker], operation: str, endpoint: str, rounds: int, clock: str) -> Line:
    line = Line.of(OPERATIONS[operation].title, clock)
    for variant, worker in workers.items():
        _require_right(variant, worker, operation, endpoint)
        worker.timed(operation, 3)
    baseline = workers[BASELINE].timed(operation, 3)[clock]
    times = max(1, round(CPU_SECONDS / baseline))
    for _ in range(rounds):
        for variant, worker in workers.items():
            line.add(variant, worker.timed(operation, times)[clock])
    return line


def _require_right(variant: str, worker: Worker, operation: str, endpoint: str) -> None:
    """Passes if the variant reads, or sends, what is expected."""
    answer = worker.answers(operation)
    if OPERATIONS[operation].writes:
        if variant == IN_MEMORY:
            return
        answer = written(last_write(endpoint))
    if answer != OPERATIONS[operation].expected:
        sys.exit(f"{variant}: {operation} does something else than what is to be timed")


if __name__ == "__main__":
    main()
