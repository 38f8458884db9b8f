"""The relay of two tables is killed again and again: the events of both arrive, in the order of each aggregate.

FAULTS_SEED makes the choices of an earlier run again.
"""

import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from domain.kernel.entity import E
from domain.kernel.events import Event
from domain.kernel.unit_of_work import Aggregates
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.faults import processes
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import SpecimenAssembled
from tests.kernel.service.settings import Settings

KILLS = 12
LONGEST_SECONDS = 0.3
PATIENCE = 60

forks = get_context("forkserver")
forks.set_forkserver_preload([processes.__name__])


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Those of a service that keeps specimens apart, in a ministack of its own."""
    with processes.a_table(Settings, "Specimen=specimens") as settings:
        yield settings


def test_the_events_of_both_tables_arrive_in_order_whenever_their_relay_is_killed(settings, tmp_path):
    seed = int(os.environ.get("FAULTS_SEED") or Random().randrange(2**32))
    sys.stdout.write(f"FAULTS_SEED={seed}\n")
    chance, file, wait = Random(seed), tmp_path / "arrived.ndjson", threading.Event()
    is_over = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write, settings, is_over)
        try:
            for _ in range(KILLS):
                relay = forks.Process(
                    target=processes.carry, args=(settings, file, chance.randrange(2**32)), daemon=True
                )
                before = size(file)
                relay.start()
                wait_until(partial(is_larger, file, before))
                wait.wait(chance.uniform(0, LONGEST_SECONDS))
                assert relay.is_alive()
                relay.kill()
                relay.join()
        finally:
            is_over.set()
        told = writing.result()
    so_far = len(file.read_text(encoding="utf-8").splitlines())
    for poller in processes.pollers(settings, processes.FileBus(file)):
        while poller.poll():
            pass

    arrived: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for line in file.read_text(encoding="utf-8").splitlines():
        envelope = json.loads(line)
        arrived[envelope["subject"]][envelope["id"]] = None
    sys.stdout.write(f"{sum(map(len, told.values()))} events, {so_far} deliveries by relays that were killed\n")
    assert {id: list(ids) for id, ids in arrived.items()} == told
    assert so_far >= KILLS


def size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def is_larger(file: Path, before: int) -> bool:
    return size(file) > before


def wait_until(happened: Callable[[], bool]) -> None:
    deadline, wait = monotonic() + PATIENCE, threading.Event()
    while not happened():
        assert monotonic() < deadline
        wait.wait(0.01)


def write(settings: Settings, is_over: threading.Event) -> dict[str, list[str]]:
    """Changes crates and specimens together, until told to end; the ids of the events of each."""
    persistence = processes.a_container(settings).persistence()
    told: dict[str, list[str]] = {}
    while not is_over.is_set():
        crate, specimen = a_crate(), a_specimen()
        for _ in range(3):
            told_now = [events(CrateRenamed, crate, name=crate.name), events(SpecimenAssembled, specimen, parts=())]
            with persistence.unit_of_work() as work:
                crate, specimen = (
                    stored(work.of(Crate), crate, told_now[0]),
                    stored(work.of(Specimen), specimen, told_now[1]),
                )
                work.commit()
            for event in told_now:
                told.setdefault(event.aggregate_id, []).append(event.event_id)
    return told


def stored(changes: Aggregates[E], entity: E, event: Event) -> E:
    return changes.save(entity, event) if entity.version else changes.add(entity, event)
