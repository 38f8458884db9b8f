"""A listing gets another number of shards while processes of two settings run, and a command gives each entity its shard.

1 ── 1,3 ── [reshard] ── 3,1 ── 3: each step can run beside the next one.
"""

import json
from decimal import Decimal
from itertools import pairwise
from threading import Event
from typing import Any

import pytest
from dependency_injector.providers import Object
from typer.testing import CliRunner
from typer.testing import Result

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.repository import Everything
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.dynamodb.schema import listing_index
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.store import Segment
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.contracts.base import walk
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen
from tests.kernel.service.endpoints import ENDPOINTS

pytestmark = pytest.mark.usefixtures("process_as_it_was")

STEPS = ("1", "1,3", "3,1", "3")
LISTS = {"_list", "_list4", "_list_3", "_list4_3"}
"""The partition keys of listings without `by`."""


@pytest.fixture
def run(container, monkeypatch):
    """Runs the command as a process with that adapter would."""
    monkeypatch.setenv("COLUMNS", "300")

    def run(persistence: Any, *arguments: object) -> Result:
        with container.persistence.override(Object(persistence)), container.settings.override(persistence._settings):
            return CliRunner().invoke(app, ["reshard", *map(str, arguments)], obj=Service(container, ENDPOINTS))

    return run


@pytest.fixture
def items(raw, table):
    """All items, by their partition key."""

    def items() -> dict[str, dict[str, Any]]:
        return {item["pk"]["S"]: item for item in raw.scan(TableName=table.name, ConsistentRead=True)["Items"]}

    return items


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something done after the table was scanned, and before the items are updated."""

    def meanwhile(persistence: Any, act: Any) -> None:
        call = persistence.table.call

        def calling(operation: str, **request: Any) -> Any:
            answer = call(operation, **request)
            if operation == "Scan":
                act()
            return answer

        monkeypatch.setattr(persistence.table, "call", calling)

    return meanwhile


def listed(persistence: Any) -> list[Crate]:
    return list(walk(persistence.crates, Everything(), limit=2))


def priced(persistence: Any) -> list[Specimen]:
    return list(walk(persistence.specimens, Specimen.by_amount(), limit=2))


def without_lists(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in LISTS}


# Neighbouring steps


@pytest.mark.parametrize("steps", [*pairwise(STEPS)], ids=" beside ".join)
def test_what_processes_of_neighbouring_steps_write_all_of_them_list(connect, steps):
    one, other = (connect(dynamodb_listing_shards=step) for step in steps)
    for writer, reader in ((one, other), (other, one)):
        kept, moved, gone = (writer.crates.add(a_crate(f"{name} of {writer}")) for name in ("Kept", "Moved", "Gone"))
        priced_at = reader.specimens.add(a_specimen(amount=Decimal(3)))

        moved = reader.crates.save(moved.rename("Another"))
        writer.crates.remove(gone, an_event(gone))
        priced_at = writer.specimens.save(priced_at.evolve(amount=Decimal(2)))

        for persistence in (one, other):
            assert listed(persistence) == sorted([kept, moved], key=lambda crate: crate.name)
            assert priced(persistence) == [priced_at]
        for crate in (kept, moved):
            reader.crates.remove(crate)
        reader.specimens.remove(priced_at)
        assert listed(one) == listed(other) == []


def test_a_walk_goes_on_over_all_steps_and_misses_nothing(connect, run):
    steps = [connect(dynamodb_listing_shards=step) for step in STEPS]
    crates = [steps[0].crates.add(a_crate(f"Number {number:02d}")) for number in range(12)]
    specimens = [steps[0].specimens.add(a_specimen(amount=Decimal(number))) for number in range(12)]
    run(steps[1])

    found: list[Any] = []
    cursors: tuple[Any, Any] = None, None
    for persistence in (*steps, *reversed(steps[1:3])):
        pages = (
            persistence.crates.page(Everything(), limit=2, cursor=cursors[0]),
            persistence.specimens.page(Specimen.by_amount(), limit=2, cursor=cursors[1]),
        )
        cursors = pages[0].next_cursor, pages[1].next_cursor
        found += zip(*(page.items for page in pages), strict=True)

    assert found == list(zip(crates, specimens, strict=True))


def test_a_process_of_the_first_step_leaves_no_entry_behind_in_the_new_listing(connect, raw):
    before, after = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    crates = [after.crates.add(a_crate(f"Number {number}")) for number in range(3)]

    moved = before.crates.save(crates[0].rename("Elsewhere"))
    before.crates.remove(crates[1])

    entries = raw.scan(TableName=after.table.name, IndexName="listing_3")["Items"]
    assert {entry["_position"]["S"] for entry in entries} == {f"elsewhere\0{moved.id}", f"number 2\0{crates[2].id}"}


def test_what_leaves_a_listing_leaves_it_in_every_number_of_shards(connect, items):
    persistence = connect(dynamodb_listing_shards="1,3")
    kind = Specimen.by_amount
    specimen = persistence.specimens.add(a_specimen(amount=Decimal(1)))
    assert items()[f"SPECIMEN#{specimen.id}"].keys() >= {"_list4", "_list4_3", "_position4"}
    unlisted = persistence.store.mapper_of({"pk": {"S": f"SPECIMEN#{specimen.id}"}, "sk": {"S": "#"}})

    assert {"_list", "_list_3", "_position", "_list4", "_list4_3", "_position4"} <= {*unlisted.optional}
    assert [index.name for index, _ in unlisted.layouts[kind]] == ["listing4", "listing4_3"]


def test_every_release_puts_an_id_into_the_same_shard(connect, items):
    persistence = connect(dynamodb_listing_shards="3,64")
    for number in range(4):
        persistence.crates.add(a_crate().evolve(id=f"c{number}"))

    stored = items()

    assert [stored[f"CRATE#c{number}"]["_list_3"]["S"] for number in range(4)] == [
        "CRATE#0",
        "CRATE#2",
        "CRATE#1",
        "CRATE#0",
    ]
    assert [stored[f"CRATE#c{number}"]["_list_64"]["S"] for number in range(4)] == [
        "CRATE#55",
        "CRATE#33",
        "CRATE#27",
        "CRATE#13",
    ]


def test_listings_with_values_have_no_shards(connect):
    persistence = connect(dynamodb_listing_shards="1,3")

    names = {index.name for index in persistence.indexes}

    assert names == {"listing", "listing_3", "listing2", "listing3", "listing4", "listing4_3", "listing5", "listing6"}


# The command


def test_every_entity_gets_the_shards_that_it_lacks_and_nothing_else_changes(connect, run, items, published):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    crates = [old.crates.add(crate, an_event(crate)) for crate in (a_crate(f"Number {n}") for n in range(7))]
    specimens = [old.specimens.add(a_specimen(amount=Decimal(number))) for number in range(3)]
    told = published()
    before = items()

    result = run(new)

    switched = connect(dynamodb_listing_shards="3")
    assert result.exit_code == 0
    assert f"10 given their shards of 1,3, 0 not; 10 records seen in {new.place}\n" in result.stderr
    assert listed(new) == listed(switched) == crates
    assert priced(new) == priced(switched) == specimens
    assert {pk: without_lists(item) for pk, item in items().items()} == {
        pk: without_lists(item) for pk, item in before.items()
    }
    assert published() == told
    assert new.crates.save(renamed(crates[0])).version == 2


def test_run_again_it_finds_nothing_to_do(connect, run, items):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    old.crates.put_many(a_crate(f"Number {number}") for number in range(5))
    run(new)
    after = items()

    result = run(new, "--segments", 1)

    assert "0 given their shards of 1,3, 0 not; 5 records seen" in result.stderr
    assert items() == after


def test_it_goes_on_where_it_was_stopped(connect, run, monkeypatch, tmp_path):
    monkeypatch.setattr("infrastructure.kernel.dynamodb.scanning.MAX_SCANNED", 2)
    monkeypatch.setattr("infrastructure.kernel.segments.ATTEMPTS", 1)
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    old.crates.put_many(a_crate(f"Number {number}") for number in range(9))
    command = ("--segments", 1, "--progress", tmp_path)
    reshard, steps = new.reshard, [2]

    def failing(*arguments: Any) -> Any:
        steps[0] -= 1
        if steps[0] < 0:
            raise InvalidArgument("step", "is one too many")
        return reshard(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(new, "reshard", failing)
        stopped = run(new, *command)
    continued = run(new, *command)

    assert isinstance(stopped.exception, InvalidArgument)
    assert "9 given their shards of 1,3, 0 not; 9 records seen" in continued.stderr
    assert len(listed(connect(dynamodb_listing_shards="3"))) == 9


def test_the_progress_of_another_number_of_shards_is_refused(connect, run, tmp_path):
    run(connect(dynamodb_listing_shards="1,3"), "--progress", tmp_path)

    result = run(connect(dynamodb_listing_shards="3"), "--progress", tmp_path)

    assert isinstance(result.exception, InvalidArgument)
    assert "has the progress of another task: reshard to 1,3 in" in str(result.exception)


def test_tombstones_and_items_of_others_are_left_alone(connect, run, raw, items):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    crate = old.crates.add(a_crate())
    old.crates.remove(crate, an_event(crate))
    others = {"pk": {"S": "CRATE#other"}, "sk": {"S": "own"}, "_list": {"S": "CRATE#0"}, "_position": {"S": "a\0b"}}
    raw.put_item(TableName=old.table.name, Item=others)
    before = items()

    result = run(new)

    assert "0 given their shards of 1,3, 0 not; 2 records seen" in result.stderr
    assert items() == before


def test_what_is_removed_meanwhile_stays_removed(connect, run, meanwhile, items, raw):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    buried, deleted = (old.crates.add(a_crate(name)) for name in ("Buried", "Deleted"))

    def remove() -> None:
        old.crates.remove(buried, an_event(buried))
        old.crates.remove_many([deleted.id])

    meanwhile(new, remove)
    result = run(new, "--segments", 1)

    assert "0 given their shards of 1,3, 0 not" in result.stderr
    assert items().keys() == {f"CRATE#{buried.id}"}
    assert "_gone" in items()[f"CRATE#{buried.id}"]
    assert not LISTS & items()[f"CRATE#{buried.id}"].keys()


def test_what_is_saved_or_added_again_meanwhile_gets_its_shard_and_keeps_what_was_written(connect, run, meanwhile):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    crates = [old.crates.add(a_crate(name)) for name in ("Saved", "Again")]
    written: list[Crate] = []

    def write() -> None:
        old.crates.remove(crates[1])
        written.extend([old.crates.save(renamed(crates[0])), old.crates.add(crates[1].at_version(0).rename("Anew"))])

    meanwhile(new, write)
    result = run(new, "--segments", 1)

    assert "2 given their shards of 1,3, 0 not" in result.stderr
    assert listed(connect(dynamodb_listing_shards="3")) == written[::-1]


def test_what_leaves_one_of_its_listings_meanwhile_gets_its_shard_in_the_others(connect, run, meanwhile, raw, items):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    specimen = old.specimens.add(a_specimen())
    key = {"pk": {"S": f"SPECIMEN#{specimen.id}"}, "sk": {"S": "#"}}
    leave = {"TableName": old.table.name, "Key": key, "UpdateExpression": "REMOVE #list4, #position4"}
    names = {"#list4": "_list4", "#position4": "_position4"}

    meanwhile(new, lambda: raw.update_item(**leave, ExpressionAttributeNames=names))
    result = run(new, "--segments", 1)

    assert "1 given their shards of 1,3, 0 not" in result.stderr
    assert LISTS & items()[f"SPECIMEN#{specimen.id}"].keys() == {"_list", "_list_3"}


def test_what_this_release_cannot_read_gets_its_shard_too(connect, run, raw, items):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    crate = old.crates.add(a_crate())
    raw.put_item(TableName=old.table.name, Item={**items()[f"CRATE#{crate.id}"], "name": {"N": "1"}})

    result = run(new)

    assert "1 given their shards of 1,3, 0 not" in result.stderr
    assert "_list_3" in items()[f"CRATE#{crate.id}"]


def test_a_shard_of_another_number_is_put_right(connect, run, raw, items):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    crate = new.crates.add(a_crate())
    right = items()[f"CRATE#{crate.id}"]
    raw.put_item(TableName=old.table.name, Item={**right, "_list": {"S": "CRATE#2"}})

    result = run(new)

    assert "1 given their shards of 1,3, 0 not" in result.stderr
    assert items()[f"CRATE#{crate.id}"] == right


def test_an_item_without_room_is_named_and_the_others_get_their_shards(connect, run, monkeypatch):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    full, other = (old.crates.add(a_crate(name)) for name in ("Full", "Other"))
    send = new.table.transport.send
    message = "Item size to update has exceeded the maximum allowed size"
    too_large = json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "message": message})

    def sending(operation: str, body: bytes) -> Any:
        if operation == "UpdateItem" and full.id.encode() in body:
            return Answer(400, too_large.encode())
        return send(operation, body)

    monkeypatch.setattr(new.table.transport, "send", sending)
    result = run(new)

    assert result.exit_code == 1
    assert f"Crate {full.id} takes too many bytes" in result.stderr
    assert "1 given their shards of 1,3, 1 not; 2 records seen" in result.stderr
    assert listed(connect(dynamodb_listing_shards="3")) == [other]


def test_a_stretch_in_which_it_was_stopped_is_not_taken_for_done(connect):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    old.crates.put_many(a_crate() for _ in range(3))
    stop = Event()
    stop.set()

    assert new.reshard(Segment(0, 1), None, stop) is None
    stop.clear()
    assert new.reshard(Segment(0, 1), None, stop).given == 3


def test_an_index_can_be_deleted_after_the_change_and_before_it_is_made_the_command_says_that_it_is_missing(
    connect, run, raw, fresh
):
    both, new = (connect(dynamodb_listing_shards=step, dynamodb_table=fresh.name) for step in ("1,3", "3"))
    crate = new.crates.add(a_crate())
    raw.update_table(TableName=fresh.name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "listing"}}])

    result = run(both)

    new.check()
    assert listed(new) == [crate]
    assert isinstance(result.exception, Misconfigured)
    assert "it has no index listing" in str(result.exception)


@pytest.mark.parametrize("step", ["1", "3"])
def test_one_number_alone_is_refused_for_nothing_would_be_done_if_the_second_was_forgotten(connect, run, items, step):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards=step)
    old.crates.add(a_crate())
    before = items()

    result = run(new)

    assert isinstance(result.exception, Misconfigured)
    assert f"TINY_SERVICE_DYNAMODB_LISTING_SHARDS is {step}: resharding needs two numbers" in str(result.exception)
    assert items() == before


def test_a_store_without_shards_says_so():
    result = CliRunner().invoke(app, ["reshard"], obj=Service(an_in_memory_container(), ENDPOINTS))

    assert isinstance(result.exception, Misconfigured)
    assert "memory has no shards" in str(result.exception)


# The table


def test_a_table_is_made_with_the_indexes_of_both_numbers_and_gets_the_missing_ones(connect, raw, fresh):
    connect(dynamodb_listing_shards="1", dynamodb_table=fresh.name)
    between = connect(dynamodb_listing_shards="1,3", dynamodb_table=fresh.name)
    between.check()

    described = raw.describe_table(TableName=fresh.name)["Table"]

    keys = {index["IndexName"]: index["KeySchema"] for index in described["GlobalSecondaryIndexes"]}
    assert keys["listing_3"] == [
        {"AttributeName": "_list_3", "KeyType": "HASH"},
        {"AttributeName": "_position", "KeyType": "RANGE"},
    ]
    assert {listing_index(3).name, listing_index(3, 3).name} < keys.keys()
