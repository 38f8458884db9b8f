"""A listing is spread over other shards while 16 threads write and others walk: no walk misses anything, or has it twice."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any
from typing import NamedTuple

import pytest

from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from infrastructure.kernel.dynamodb.schema import listing_index
from infrastructure.kernel.store import Segment
from tests.kernel.builders.crates import a_crate
from tests.kernel.contracts.base import walk
from tests.kernel.infrastructure.dynamodb.fleet import Fleet
from tests.kernel.infrastructure.dynamodb.fleet import Journal
from tests.kernel.infrastructure.dynamodb.fleet import Walk
from tests.kernel.infrastructure.dynamodb.fleet import Walker
from tests.kernel.infrastructure.dynamodb.fleet import Writer

WRITERS = 16
WALKERS = 3
CRATES = 80
"""How many there are that nobody changes."""
WRITES = 300
"""How many there are in each step."""


class Step(NamedTuple):
    """What runs in a step, at the same time."""

    settings: tuple[str, ...]
    reshards: bool = False


def steps(old: int, new: int) -> tuple[Step, ...]:
    before, both, switched, after = f"{old}", f"{old},{new}", f"{new},{old}", f"{new}"
    return (
        Step((before,)),
        Step((before, both)),
        Step((both,), reshards=True),
        Step((both, switched)),
        Step((switched, after)),
        Step((after,)),
    )


@pytest.fixture
def chance() -> Random:
    seed = int(os.environ.get("FAULTS_SEED") or Random().randrange(2**32))
    sys.stdout.write(f"FAULTS_SEED={seed}\n")
    return Random(seed)


def resharded(process: Any, stop: Any) -> int:
    """Gives every entity its shards, as the command does, and returns how many lacked some."""
    given, after = 0, None
    while True:
        done = process.reshard(Segment(0, 1), after, stop)
        given += done.given
        if done.after is None:
            return given
        after = done.after


class NeverStopped:
    def is_set(self) -> bool:
        return False


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize(("old", "new"), [(1, 4), (4, 1)])
def test_no_walk_misses_anything_while_a_listing_is_spread_over_other_shards(
    connect, fresh, raw, chance, monkeypatch, adapter, old, new
):
    monkeypatch.setattr("infrastructure.kernel.dynamodb.scanning.MAX_SCANNED", 50)
    fleet, journal = Fleet(), Journal()

    def process(setting: str) -> Any:
        connected = connect(dynamodb_table=fresh.name, dynamodb_listing_shards=setting)
        return fleet.lagging(connected, Random(chance.random()))

    first = process(f"{old}")
    fleet.become(first)
    fleet.grant(CRATES)
    writers = [Writer(fleet, journal, Random(chance.random())) for _ in range(WRITERS)]
    for number in range(CRATES):
        crate = a_crate(f"{number * 1000 // CRATES:03} crate")
        with journal.moving(crate.id):
            first.crates.add(crate)
        writers[number % WRITERS].write()
    walkers = [Walker(fleet, journal, Random(chance.random())) for _ in range(WALKERS)]
    slow = Walk(journal.now())
    pages = Walker(fleet, journal, chance).pages(slow)
    given: list[int] = []

    with ThreadPoolExecutor(WRITERS + WALKERS) as threads:
        running = [threads.submit(run) for run in (*(each.run for each in writers), *(each.run for each in walkers))]
        try:
            for step in steps(old, new):
                processes = [process(setting) for setting in step.settings]
                fleet.become(*processes)
                fleet.grant(WRITES)
                next(pages, None)
                if step.reshards:
                    given = [resharded(processes[0], NeverStopped()) for _ in range(2)]
                fleet.await_writes()
            for _ in pages:
                pass
        finally:
            fleet.stop()
        for each in running:
            each.result()

    last = process(f"{new}")
    journal.walks.append(slow)
    stored = {item["pk"]["S"] for item in items(raw, fresh.name) if "version" in item}
    entries = [entry["pk"]["S"] for entry in items(raw, fresh.name, IndexName=listing_index(0, new).name)]
    wrong = [
        (walk.began, id, walk.found[id]) for walk in journal.walks for id in journal.owed(walk) if walk.found[id] != 1
    ]
    assert wrong == []
    assert slow.settings == {f"{old}", f"{new}"}
    assert given[0] >= CRATES
    assert given[1] == 0
    assert sorted(entries) == sorted(stored)
    assert {f"CRATE#{crate.id}" for crate in walk(last.crates, Everything(), limit=MAX_PAGE)} == stored
    assert stored >= {f"CRATE#{crate.id}" for writer in writers for crate in (*writer.crates, *writer.resting)}
    sys.stdout.write(
        f"{fleet.counts}; {sum(len(journal.owed(each)) for each in journal.walks)} entities owed; {given}\n"
    )


def items(raw: Any, table: str, **request: Any) -> list[Any]:
    pages = raw.get_paginator("scan").paginate(TableName=table, **request)
    return [item for page in pages for item in page["Items"]]
