"""Measures this service and its peers beside plain boto3 and pydantic, in turns: `python -m benchmarks`."""

import argparse
import json
import sys
from collections.abc import Callable
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import docs
from benchmarks import growth
from benchmarks import http
from benchmarks import instructions
from benchmarks import lambda_function
from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.operations import OPERATIONS
from benchmarks.operations import written
from benchmarks.packages import trees
from benchmarks.processes import ROOT
from benchmarks.processes import Worker
from benchmarks.processes import a_stub
from benchmarks.processes import a_worker
from benchmarks.processes import first
from benchmarks.processes import last_write
from benchmarks.report import Line
from benchmarks.report import Summary
from benchmarks.report import Table
from benchmarks.variants import BASELINE
from benchmarks.variants import CURL
from benchmarks.variants import IN_MEMORY
from benchmarks.variants import LEAN
from benchmarks.variants import OURS
from benchmarks.variants import PEERS
from benchmarks.variants import TITLES

CALLS = ("get", "put", "save", "page", "batch", "together")
SLOW = "thousand"
DELAY_MS = 20
CPU_SECONDS = 0.1
"""How long the baseline is timed in a round."""
FOLDER = ROOT / "dist"
ON_LAMBDA = {variant: TITLES[variant] for variant in (BASELINE, "service", CURL, LEAN)}


def main() -> None:
    """Prints tables, and writes them with every measurement to `dist/bench.md` and `dist/bench.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each is measured (default: 15)")
    parser.add_argument("--only", choices=(*PARTS, "instructions"), help="measures one part")
    parser.add_argument("--variants", nargs="*", choices=(*PEERS, *OURS), default=(*PEERS, *OURS))
    parser.add_argument("--docs", action="store_true", help="writes the results into docs/, too")
    chosen = parser.parse_args()
    variants = (BASELINE, *chosen.variants)
    if chosen.only == "instructions":
        tables = [instructions.measured({name: TITLES[name] for name in variants if name != IN_MEMORY})]
    else:
        tables = _measured([chosen.only] if chosen.only else [*PARTS], variants, chosen.rounds)
    summaries: dict[str, Summary] = {table.name: table.summary() for table in tables}
    if chosen.only in (None, "growth"):
        summaries["growth"] = growth.measured()
    _write(tables, summaries)
    if chosen.docs:
        docs.write(summaries)


def _measured(parts: list[str], variants: tuple[str, ...], rounds: int) -> list[Table]:
    calls = [line for part in parts if part in LIBRARIES for line in LIBRARIES[part](variants, rounds)]
    tables = [Table("calls", {variant: TITLES[variant] for variant in variants}, calls)] if calls else []
    if "lambda" in parts:
        tables.append(Table("lambda", ON_LAMBDA, lambda_function.measured(rounds)))
    if "http" in parts:
        tables.append(http.measured(rounds))
    return tables


def _write(tables: list[Table], summaries: Mapping[str, Summary]) -> None:
    text = "\n".join(docs.as_text(summaries).values())
    every: dict[str, Any] = {table.name: [line._asdict() for line in table.lines] for table in tables}
    if "growth" in summaries:
        every["growth"] = summaries["growth"]
    FOLDER.mkdir(exist_ok=True)
    Path(FOLDER, "bench.md").write_text(text, encoding="utf-8")
    Path(FOLDER, "bench.json").write_text(json.dumps(every, indent=1), encoding="utf-8")
    print(text)


def starts(variants: tuple[str, ...], rounds: int) -> list[Line]:
    """From the start of a process to its first basket."""
    cpu, peak = Line.of("start of a process to its first basket", "cpu"), Line.of("peak of memory after it", "bytes")
    with a_stub() as endpoint, trees(variants) as places:
        for number in range(-1, rounds):  # the first one compiles
            for variant in variants:
                if variant == IN_MEMORY:
                    continue
                told = first(variant, endpoint, IDS[0], places[variant])
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
        workers = _workers(variants, endpoint, stack)
        return [_timed(workers, operation, endpoint, rounds, "cpu") for operation in CALLS]


def slow_calls(variants: tuple[str, ...], rounds: int) -> list[Line]:
    """A call of many requests, each of which is answered late."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(a_stub(DELAY_MS))
        workers = _workers(variants, endpoint, stack)
        return [_timed(workers, SLOW, endpoint, rounds, "wall")]


def _workers(variants: tuple[str, ...], endpoint: str, stack: ExitStack) -> dict[str, Worker]:
    """A process for each, but for the lean zip, which only starts in another way."""
    return {variant: stack.enter_context(a_worker(variant, endpoint)) for variant in variants if variant != LEAN}


def _timed(workers: dict[str, Worker], operation: str, endpoint: str, rounds: int, clock: str) -> Line:
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


LIBRARIES: Mapping[str, Callable[[tuple[str, ...], int], list[Line]]] = {
    "start": starts,
    "calls": calls,
    "slow": slow_calls,
}
"""The parts in which each library does the same."""
PARTS = (*LIBRARIES, "lambda", "http", "growth")

if __name__ == "__main__":
    main()
