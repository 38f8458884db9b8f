"""Export, import, rewrite, reshard and table copy are killed again and again, and in the end have done all, once, and lost nothing of others.

FAULTS_SEED makes the choices of an earlier run again; what the machine makes of them differs.
"""

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import pytest

from domain.kernel.entity import is_older
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from tests.kernel.builders.crates import a_crate
from tests.kernel.contracts.base import walk
from tests.kernel.faults import bulk
from tests.kernel.faults.processes import a_container
from tests.kernel.faults.processes import a_table
from tests.kernel.service.parcels import Parcel
from tests.kernel.service.parcels import Parcel2
from tests.kernel.service.settings import Settings

CRATES = 2000
PARCELS = 600
KILLS = 12
"""How often a command is killed, at least if it does not end before."""
LONGEST_SECONDS = 0.6

forks = get_context("forkserver")
forks.set_forkserver_preload([bulk.__name__])


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Those of a service whose table, in a ministack of its own, is empty."""
    with a_table(Settings) as settings:
        yield settings


@pytest.fixture
def chance() -> Random:
    seed = int(os.environ.get("FAULTS_SEED") or Random().randrange(2**32))
    sys.stdout.write(f"FAULTS_SEED={seed}\n")
    return Random(seed)


def killed_until_it_ends(settings: Settings, chance: Random, *arguments: object) -> int:
    """Runs a command, kills it at random, and runs it again; returns how often it was killed before it ended."""
    for kills in range(KILLS + 1):
        process = forks.Process(target=bulk.command, args=(settings, *map(str, arguments)), daemon=True)
        process.start()
        process.join(None if kills == KILLS else chance.uniform(0.1, LONGEST_SECONDS))
        if process.exitcode is not None:
            assert process.exitcode == 0
            return kills
        process.kill()
        process.join()
    raise AssertionError("the last one is not killed")


def test_an_export_that_is_killed_has_every_entity_once_and_an_import_that_is_killed_adds_every_one(
    settings, chance, tmp_path
):
    crates = a_container(settings).crates()
    crates.put_many(a_crate(f"Crate {number:04}") for number in range(CRATES))
    before = list(walk(crates, Everything(), limit=MAX_PAGE))

    exporting = killed_until_it_ends(settings, chance, "export", tmp_path / "out", "--segments", 4)

    lines = [
        json.loads(line)
        for file in (tmp_path / "out").glob("*.ndjson")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert exporting > 0
    assert Counter(line["id"] for line in lines) == Counter(crate.id for crate in before)

    crates.remove_many(crate.id for crate in before)
    importing = killed_until_it_ends(settings, chance, "import", tmp_path / "out", "--progress", tmp_path / "in")

    assert importing > 0
    assert list(walk(crates, Everything(), limit=MAX_PAGE)) == [crate.at_version(1) for crate in before]
    sys.stdout.write(f"{CRATES} crates; the export was killed {exporting} times, the import {importing} times\n")


def test_a_rewrite_that_is_killed_while_two_releases_write_loses_nothing(settings, chance, tmp_path):
    before, now = bulk.a_persistence(settings), bulk.a_persistence(settings)
    older, parcels = bulk.OlderParcelRepository(before.store), bulk.DynamoDBParcelRepository(now.store)
    ids = [f"p{number:03}" for number in range(PARCELS)]
    older.put_many(Parcel2(id=id, title=f"Tea {id}", first="Ada", last="Lovelace", cents=1000) for id in ids)
    repositories: tuple[Any, ...] = (older, parcels)
    writers = [bulk.Writer(repository, Random(chance.random())) for repository in repositories]
    stop = threading.Event()

    with ThreadPoolExecutor(len(writers)) as threads:
        writing = [threads.submit(writer.write, ids, stop) for writer in writers]
        try:
            kills = killed_until_it_ends(settings, chance, "rewrite", "--segments", 3, "--progress", kept(tmp_path, 1))
        finally:
            stop.set()
        for each in writing:
            each.result()
    last = killed_until_it_ends(settings, chance, "rewrite", "--segments", 3, "--progress", kept(tmp_path, 2))

    added = sum((writer.added for writer in writers), Counter())
    found = {parcel.id: parcel for parcel in walk(parcels, Everything(), limit=MAX_PAGE)}
    assert kills > 0
    assert min(writer.added.total() for writer in writers) > 0
    assert {id: parcel.price for id, parcel in found.items()} == {id: 10 + Decimal(added[id]) / 100 for id in ids}
    assert [id for id, parcel in found.items() if is_older(parcel)] == []
    sys.stdout.write(f"{PARCELS} parcels, {added.total()} writes beside; killed {kills} times, then {last} times\n")
    before.close()
    now.close()


def test_a_reshard_that_is_killed_while_others_write_gives_every_entity_its_shard(settings, chance, tmp_path):
    steps = [settings.model_copy(update={"dynamodb_listing_shards": shards}) for shards in ("1", "1,4", "4")]
    older, now, switched = (bulk.PersistenceWithParcels(step, a_container(step).now) for step in steps)
    now.create_table(now.table.name)
    parcels = now.parcels
    ids = [f"p{number:03}" for number in range(PARCELS)]
    older.parcels.put_many(a_parcel(id) for id in ids)
    writer = bulk.Writer(parcels, Random(chance.random()))
    removed = ids[:: PARCELS // 10]
    stop = threading.Event()

    with ThreadPoolExecutor(2) as threads:
        writing = threads.submit(writer.write, [id for id in ids if id not in removed], stop)
        removing = [threads.submit(remove, parcels, id) for id in removed]
        try:
            command = ("reshard", "--segments", 3, "--progress")
            kills = killed_until_it_ends(steps[1], chance, *command, kept(tmp_path, 1))
        finally:
            stop.set()
        for each in (writing, *removing):
            each.result()

    found = list(walk(switched.parcels, Everything(), limit=MAX_PAGE))
    assert kills > 0
    assert writer.added.total() > 0
    assert [parcel.id for parcel in found] == [id for id in ids if id not in removed]
    assert {parcel.id: parcel.version for parcel in found} == {
        parcel.id: 1 + writer.added[parcel.id] for parcel in found
    }
    sys.stdout.write(f"{PARCELS} parcels, {writer.added.total()} writes beside; killed {kills} times\n")
    for persistence in (older, now, switched):
        persistence.close()


def test_a_copy_that_is_killed_has_everything_in_the_new_table_as_it_was(settings, chance, tmp_path):
    divided = settings.model_copy(update={"dynamodb_tables": "Crate=crates-apart"})
    crates, moved = a_container(settings).crates(), a_container(divided)
    crates.put_many(a_crate(f"Crate {number:04}") for number in range(PARCELS))
    before = list(walk(crates, Everything(), limit=MAX_PAGE))
    moved.persistence().create_table("crates-apart")

    kills = killed_until_it_ends(divided, chance, "table", "copy", "--segments", 3, "--progress", kept(tmp_path, 1))

    assert kills > 0
    assert list(walk(moved.crates(), Everything(), limit=MAX_PAGE)) == before
    assert list(walk(crates, Everything(), limit=MAX_PAGE)) == before
    sys.stdout.write(f"{PARCELS} crates; the copy was killed {kills} times\n")


def remove(parcels: bulk.DynamoDBParcelRepository, id: str) -> None:
    parcels.remove(parcels.get(id, consistent=True))


def a_parcel(id: str) -> Parcel:
    return Parcel(id=id, title=f"Tea {id}", first="Ada", last="Lovelace", price=Decimal(10))


def kept(folder: Path, number: int) -> Path:
    return folder / f"progress-{number}"
