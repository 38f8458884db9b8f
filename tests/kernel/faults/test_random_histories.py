"""Whatever the network does: what writers are told is true of what is stored, and of the stream.

Sixteen threads add, rename and remove the same five crates, alone and in units of work, from fresh copies and from stale
ones. The network loses requests and answers, cuts answers short, and delivers late. FAULTS_SEED makes the choices of an
earlier run again, though not their order in time. FAULTS_SECONDS says how long they write.
"""

import json
import os
import sys
import threading
from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from ulid import ULID

from domain.kernel.errors import NotFound
from infrastructure.kernel.dynamodb.botocore.client import create_streams_client
from infrastructure.kernel.dynamodb.streams.checkpoints import Position
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.dynamodb.streams.stream import Stream
from tests.kernel.faults.histories import Fate
from tests.kernel.faults.histories import State
from tests.kernel.faults.histories import Told
from tests.kernel.faults.histories import buried
from tests.kernel.faults.histories import violations
from tests.kernel.faults.processes import a_container
from tests.kernel.faults.writers import PATIENCE
from tests.kernel.faults.writers import RandomFaults
from tests.kernel.faults.writers import Writer
from tests.kernel.infrastructure.dynamodb.proxy import PatientProxy
from tests.kernel.infrastructure.dynamodb.proxy import running
from tests.kernel.service.repositories import DynamoDBPersistence
from tests.kernel.service.settings import Settings

THREADS = 16
PROCESSES = 2
CRATES = 5
SECONDS = float(os.environ.get("FAULTS_SECONDS", "45"))


@pytest.fixture(autouse=True)
def _no_long_waiting(monkeypatch):
    """Attempts follow each other soon, so that there are many."""
    pause = SimpleNamespace(sleep=lambda seconds: threading.Event().wait(min(seconds, 0.02)))
    for module in ("botocore.endpoint", "tenacity.nap"):
        monkeypatch.setattr(f"{module}.time", pause)


def test_what_writers_are_told_is_true_of_what_is_stored_and_of_the_stream(settings):
    seed = int(os.environ.get("FAULTS_SEED") or Random().randrange(2**32))
    sys.stdout.write(f"FAULTS_SEED={seed}\n")
    ids = [str(ULID()) for _ in range(CRATES)]
    direct = a_persistence(settings)

    with running(str(settings.dynamodb_endpoint), PatientProxy) as proxy:
        proxy.faults = RandomFaults(Random(seed))
        behind = {"dynamodb_endpoint": proxy.address, "dynamodb_read_seconds": PATIENCE, "dynamodb_attempts": 3}
        processes = [a_persistence(settings, **behind) for _ in range(PROCESSES)]
        writers = [
            Writer(f"Writer {number}", processes[number % PROCESSES], ids, seed + number) for number in range(THREADS)
        ]
        write_for_a_while(writers)
        for process in processes:
            process.close()

    told = Told([*all_of(writers, "writes")], [*all_of(writers, "sights")])
    histories = histories_of(records(settings, direct), ids)
    fates = Counter(write.fate for together in told.writes for write in together)
    sys.stdout.write(
        f"{len(proxy.forwarded)} requests, {fates[Fate.MADE]} writes made, {fates[Fate.REFUSED]} refused, "
        f"{fates[Fate.IN_DOUBT]} in doubt; {sum(map(len, histories.values()))} states, {len(told.sights)} sights\n"
    )
    assert list(violations(told, histories)) == []
    assert {id: states[-1].version for id, states in histories.items() if states[-1].is_there} == stored(direct, ids)
    assert fates.keys() == set(Fate)


def write_for_a_while(writers: list[Writer]) -> None:
    """Has all writers act until the time is over."""
    over = monotonic() + SECONDS

    def act(writer: Writer) -> None:
        while monotonic() < over:
            writer.act()

    with ThreadPoolExecutor(THREADS) as threads:
        for acting in [threads.submit(act, writer) for writer in writers]:
            acting.result()


def a_persistence(settings: Settings, **changes: Any) -> DynamoDBPersistence:
    persistence = a_container(Settings.model_validate({**settings.model_dump(), **changes})).persistence()
    assert isinstance(persistence, DynamoDBPersistence)
    return persistence


def all_of(writers: list[Writer], what: str) -> Iterator[Any]:
    for writer in writers:
        yield from getattr(writer.told, what)


def stored(persistence: DynamoDBPersistence, ids: list[str]) -> dict[str, int]:
    """The version of each crate that is there."""
    found = {}
    for id in ids:
        try:
            found[id] = persistence.crates.get(id, consistent=True).version
        except NotFound:
            continue
    return found


def histories_of(records: Iterator[StreamRecord], ids: list[str]) -> dict[str, list[State]]:
    """All states of each crate, in the order of the stream."""
    histories: defaultdict[str, list[State]] = defaultdict(list)
    for record in records:
        id = record.key["pk"]["S"].removeprefix("CRATE#")
        if id in ids:
            image = json.loads(record.whole())["dynamodb"]["NewImage"]
            is_there = "version" in image
            version = int(image["version" if is_there else "_gone"]["N"])
            names = [event.event_id for event in record.events()] or [buried(id, version)]
            histories[id] += [State(name, version, is_there) for name in names]
    return dict(histories)


def records(settings: Settings, persistence: DynamoDBPersistence) -> Iterator[StreamRecord]:
    """All of the stream."""
    stream = Stream(create_streams_client(settings), persistence.table)
    for shard in stream.shards():
        iterator: str | None = stream.iterator(Position(shard=shard.id))
        while iterator is not None:
            read = stream.read(iterator)
            yield from read.records
            iterator = read.iterator if read.records else None
