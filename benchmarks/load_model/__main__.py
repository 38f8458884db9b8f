"""Prints what the load model says of a service, or writes the tables of docs/scaling.md."""

import argparse
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from benchmarks.docs import DOCS
from benchmarks.docs import filled
from benchmarks.load_model import bulk
from benchmarks.load_model import tables
from benchmarks.load_model.paper import carries
from benchmarks.load_model.paper import steps
from benchmarks.load_model.scenarios import Scenario
from benchmarks.load_model.service import Load
from benchmarks.load_model.service import Service
from benchmarks.load_model.service import Stack
from benchmarks.load_model.service import Times
from benchmarks.load_model.simulation import Run

PAGE = DOCS / "scaling.md"
_PARTS = (Load, Stack, Times)


def main() -> None:
    """Prints the ceilings, what to turn, and what a simulation shows."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load_model",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--docs", action="store_true", help="write the tables of docs/scaling.md, and print nothing")
    parser.add_argument("--simulate", type=_positive(int), default=600, help="how many seconds are simulated")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers of the simulation")
    for part in _PARTS:
        _add_fields(parser, part)
    chosen = parser.parse_args()
    if chosen.docs:
        if chosen != parser.parse_args(["--docs"]):
            parser.error("--docs writes the tables of the defaults: give no other input")
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables.blocks()), encoding="utf-8")
    else:
        try:
            service = Service(
                Load(**_given(Load, chosen)), Stack(**_given(Stack, chosen)), Times(**_given(Times, chosen))
            )
        except ValueError as exc:
            parser.error(str(exc))
        print(report(service, Run(seconds=chosen.simulate, seed=chosen.seed)))


def report(service: Service, run: Run) -> str:
    """Every ceiling of a service, what to turn, and what happens as it is and after that."""
    late, after = bulk.relay(service), steps(service)[1]
    relay = "The relay keeps up."
    if late.grows:
        relay = (
            f"The relay falls behind by {tables.short(late.grows)} records a second: the alarm goes off after "
            f"{tables.time(late.until_alarm)}, and records go to the bucket after {tables.time(late.until_given_up)}."
        )
    runs = [Scenario("as it is", service, run), Scenario("turned", after, run)]
    return "\n".join(
        [
            tables.all_of(service),
            f"{relay} All in all it carries {tables.short(carries(service))} writes a second. For this load, turn:\n",
            tables.turns(service),
            f"Simulated for {run.seconds} seconds:\n",
            tables.table(tables.SIMULATED, map(tables.simulation, runs)),
        ]
    )


def _add_fields(parser: argparse.ArgumentParser, part: type[Any]) -> None:
    group = parser.add_argument_group(part.__doc__ or "")
    for each in fields(part):
        name, meaning = f"--{each.name.replace('_', '-')}", each.metadata["help"]
        if each.type is bool:
            group.add_argument(name, action="store_true", help=meaning)
        else:
            group.add_argument(name, type=_positive(each.type), default=each.default, help=meaning)


def _positive(kind: Any) -> Callable[[str], float]:
    """A number; a whole one is at least 1."""

    def number(text: str) -> float:
        value: float = kind(float(text))
        if value < (kind is int):
            raise argparse.ArgumentTypeError(f"must be {1 if kind is int else 0} or more")
        return value

    return number


def _given(part: type[Any], chosen: argparse.Namespace) -> dict[str, Any]:
    return {each.name: getattr(chosen, each.name) for each in fields(part)}


if __name__ == "__main__":
    main()
