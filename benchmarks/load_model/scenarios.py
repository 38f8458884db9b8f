"""What docs/scaling.md simulates."""

from dataclasses import replace
from typing import NamedTuple

from benchmarks.load_model.paper import steps
from benchmarks.load_model.service import Load
from benchmarks.load_model.service import Service
from benchmarks.load_model.service import Stack
from benchmarks.load_model.simulation import Run

SIZES = ((10, 1e6), (100, 1e7), (1000, 1e8), (10_000, 1e6), (10_000, 1e9))
"""Writes a second, and items."""
BEFORE, AFTER = Load.of(100, 1e7), Load.of(10_000, 1e9)
"""A service before and after it has grown a hundredfold."""


class Scenario(NamedTuple):
    """A service under load, and what is to be seen."""

    title: str
    service: Service
    run: Run = Run()


def sized(writes: float, items: float) -> Service:
    """A service of that size, deployed as template.yaml is."""
    return Service(Load.of(writes, items))


def fitted(load: Load) -> Service:
    """A service whose owner has turned what this load needs."""
    return steps(Service(load))[1]


_FREE = Stack(
    requests_per_second=1_000_000,
    max_read_units=1_000_000,
    max_write_units=1_000_000,
    parallelization=4,
    table_quota=1_000_000,
    gateway_quota=1_000_000,
    lambda_quota=100_000,
)
"""One in which nothing else is a ceiling than what a scenario is about."""
_NEW_ENTITIES = Load(writes=2000, gets=0, pages=0, items=1e7, adds=1, renames=0, events=0, hot_share=0, increasing=True)
_SAVES = Load(writes=10_000, gets=0, pages=0, items=1e6, adds=0, renames=0, hot_share=0)
_WITHOUT_EVENTS = replace(_SAVES, events=0)

SCENARIOS = (
    Scenario("1,000 writes/s, as deployed", sized(1000, 1e8)),
    Scenario("the same, turned", fitted(Load.of(1000, 1e8))),
    Scenario("10,000 writes/s, a billion items, turned", fitted(AFTER)),
    Scenario("2,000 adds/s, each at the end of the listing, 1 shard", Service(_NEW_ENTITIES, _FREE)),
    Scenario("the same, 4 shards", Service(_NEW_ENTITIES, replace(_FREE, listing_shards=4))),
    Scenario(
        "2,000 adds/s, anywhere in the listing, 1 shard, 20 minutes",
        Service(replace(_NEW_ENTITIES, increasing=False), _FREE),
        Run(seconds=1200),
    ),
    Scenario("10,000 saves/s, 20 % of them of one entity", Service(replace(_WITHOUT_EVENTS, hot_share=0.2), _FREE)),
    Scenario(
        "10,000 saves/s, a new table, 75 minutes", Service(_WITHOUT_EVENTS, _FREE), Run(seconds=4500, is_new=True)
    ),
    Scenario("10,000 saves/s, `ParallelizationFactor` 1", Service(_SAVES, replace(_FREE, parallelization=1))),
    Scenario("the same, `ParallelizationFactor` 4", Service(_SAVES, _FREE)),
    Scenario(
        "1,000 writes/s, the bus fails for 10 of 20 minutes",
        fitted(Load.of(1000, 1e8)),
        Run(seconds=1200, bus_down=range(120, 720)),
    ),
)
