"""What is in the table after each write, as any other program would find it."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeDeserializer
from dependency_injector.providers import Callable as Call

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed as renamed_specimen
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen

NOW = datetime(2126, 2, 3, 4, 5, 6, tzinfo=UTC)
"""In no test's past: a tombstone that is over, a server may delete between two lines of a test."""


@pytest.fixture
def item(raw, table):
    """The item of an entity, in Python's types; None if there is none."""

    def item(entity, type_name=""):
        stored = raw.scan(TableName=table.name, ConsistentRead=True)["Items"]
        key = f"{type_name}#{entity.id}"
        found = [each for each in stored if each["pk"]["S"].endswith(key) and each["sk"]["S"] == "#"]
        return {key: TypeDeserializer().deserialize(value) for key, value in found[0].items()} if found else None

    return item


@pytest.fixture
def listed(raw, table, index):
    """The keys of all that stands in the index."""
    return lambda: [item["pk"]["S"] for item in raw.scan(TableName=table.name, IndexName=index.name)["Items"]]


def test_an_added_entity_is_an_item_of_its_fields(crates, item, container, index):
    crate = a_crate("Nörd")

    crates.add(crate)

    shard = item(crate)[index.partition].removeprefix("CRATE#")
    assert int(shard) < int(container.settings().dynamodb_listing_shards)
    assert item(crate) == {
        "pk": f"CRATE#{crate.id}",
        "sk": "#",
        "name": "Nörd",
        "version": 1,
        "_life": item(crate)["_life"],
        "_write": item(crate)["_write"],
        index.partition: f"CRATE#{shard}",
        "_position": f"nord\0{crate.id}",
    }


def test_fields_have_the_types_of_dynamodb(specimens, item):
    specimen = a_specimen(
        amount=Decimal("1.50"),
        raw=b"\0\xff",
        flag=True,
        tags=frozenset({"a"}),
        table=((1, 2), ()),
        parts=(Part(label="x", weight=Decimal(2)),),
    )

    specimens.add(specimen)

    assert item(specimen) | {
        "amount": Decimal("1.5"),
        "raw": b"\0\xff",
        "flag": True,
        "nothing": None,
        "day": "2026-01-31",
        "colour": "red",
        "tags": ["a"],
        "numbers": [],
        "table": [[1, 2], []],
        "parts": [{"label": "x", "weight": 2, "parts": []}],
    } == item(specimen)
    assert "id" not in item(specimen)


def test_every_write_has_another_id(specimens, item):
    specimen = specimens.add(a_specimen())
    first = item(specimen)["_write"]

    specimens.save(specimen)

    assert len(first) == 26
    assert item(specimen)["_write"] != first


def test_the_id_of_a_life_stays_until_the_id_is_added_again(crates, item):
    crate = crates.add(a_crate())
    first = item(crate)["_life"]
    crate = crates.save(crates.get(crate.id, consistent=True))
    saved = item(crate)["_life"]
    crates.remove(crate)
    buried = item(crate)["_life"]
    crates.add(crate.at_version(0))

    assert len(first) == 16
    assert first == saved == buried != item(crate)["_life"]


def test_a_write_replaces_the_events_of_the_write_before(crates, item):
    crate = a_crate()
    created, first, second = an_event(crate), *(an_event(crate.at_version(1)) for _ in range(2))

    stored = crates.add(crate, created)
    after_addition = item(crate)["_events"]
    stored = crates.save(stored, first, second)
    after_save = item(crate)["_events"]
    crates.save(stored)

    assert [event["event_id"] for event in after_addition] == [created.event_id]
    assert [event["event_id"] for event in after_save] == [first.event_id, second.event_id]
    assert after_save[0] == {
        "event_id": first.event_id,
        "occurred_at": first.occurred_at.isoformat(),
        "type": "Happened",
        "aggregate_id": crate.id,
        "version": 2,
        "what": "",
    }
    assert "_events" not in item(crate)


def test_bulk_writes_leave_no_event_and_a_write_id(crates, item):
    crate = a_crate()
    stored = crates.add(crate, an_event(crate))
    before = item(crate)["_write"]

    crates.put_many([stored])

    assert item(crate)["_write"] != before
    assert "_events" not in item(crate)


def test_a_save_that_does_not_rename_leaves_the_place_in_the_listing(specimens, item, index):
    specimen = specimens.add(a_specimen("Amber"))
    place = item(specimen)[index.partition], item(specimen)[index.sort]

    specimens.save(specimen.evolve(number=1))

    assert (item(specimen)[index.partition], item(specimen)[index.sort]) == place


@pytest.mark.parametrize("events", [0, 1], ids=["plain", "with-an-event"])
@pytest.mark.parametrize("how", ["alone", "in-a-unit-of-work"])
def test_a_removal_leaves_a_tombstone_out_of_the_listing(container, crates, item, listed, how, events):
    container.now.override(Call(lambda: NOW))
    crate = crates.add(a_crate())
    life, removed = item(crate)["_life"], [an_event(crate)] * events

    if how == "alone":
        crates.remove(crate, *removed)
    else:
        work = container.unit_of_work()
        work.of(type(crate)).remove(crate, *removed)
        work.commit()

    tombstone = item(crate)
    assert tombstone.keys() - {"_events"} == {"pk", "sk", "_gone", "_life", "_write", "_ttl"}
    assert tombstone["_gone"] == 2
    assert tombstone["_life"] == life
    assert [event["event_id"] for event in tombstone.get("_events", ())] == [event.event_id for event in removed]
    assert tombstone["_ttl"] == (NOW + timedelta(days=7)).timestamp()
    assert listed() == []


def test_a_tombstone_is_read_as_nothing_and_replaced_by_an_addition(crates, item, index):
    crate = crates.add(a_crate())
    crates.remove(crate, an_event(crate))

    for call in (lambda: crates.get(crate.id), lambda: crates.save(crate), lambda: crates.remove(crate)):
        with pytest.raises(NotFound):
            call()
    assert crates.get_many([crate.id]) == []

    crates.add(crate.at_version(0))

    assert item(crate).keys() == {"pk", "sk", "name", "version", "_life", "_write", index.partition, index.sort}
    with pytest.raises(AlreadyExists):
        crates.add(crate.at_version(0))


def test_a_tombstone_can_be_cleaned_away(crates, item):
    crate = crates.add(a_crate())
    crates.remove(crate, an_event(crate))

    crates.remove_many([crate.id])

    assert item(crate) is None


def test_a_check_changes_nothing(container, crates, item):
    crate = crates.add(a_crate())
    before = item(crate)

    with container.unit_of_work() as work:
        work.of(type(crate)).check(crate)
        work.of(type(crate)).add(a_crate())
        work.commit()

    assert item(crate) == before


def test_kinds_share_the_table_but_not_their_keys(crates, specimens, item):
    crate = crates.add(a_crate())
    namesake = specimens.add(Specimen(id=crate.id, name="Namesake"))

    crates.remove(crate)

    assert item(namesake, "SPECIMEN")["name"] == "Namesake"
    assert list(specimens.page(Everything(), limit=10).items) == [namesake]


ODD = "#\0\x01\n\\\"'{}:\u2028\ufeff\ufffe\uffff\ue000\U0001f3df\U0010ffff é e\u0301"


def test_separators_and_odd_characters_are_kept_in_every_field(specimens):
    specimen = a_specimen(
        ODD[6:],
        text=ODD,
        words=(ODD, ""),
        tags=frozenset({ODD, "#"}),
        part=Part(label=ODD, weight=Decimal(1)),
        either=ODD,
        raw=ODD.encode(),
    )

    stored = specimens.add(specimen)
    saved = specimens.save(renamed_specimen(stored))

    assert specimens.get(specimen.id, consistent=True) == saved
    assert list(specimens.page(Everything(), limit=10).items) == [saved]


def test_ids_of_any_permitted_character_are_kept_apart(crates):
    ids = ("-", "_", "0", "A", "a", "z" * 64, "a-b", "a_b")
    stored = [crates.add(renamed(a_crate()).evolve(id=id)) for id in ids]

    assert crates.get_many(ids) == stored


def test_any_operation_can_be_called_with_native_values(table, crates):
    stored = crates.add(a_crate())
    item = {"pk": {"S": f"CRATE#{stored.id}"}, "sk": {"S": "own"}, "seal": {"B": b"\x00\xff"}}

    table.call("PutItem", TableName=table.name, Item=item)
    answer = table.call(
        "Query",
        TableName=table.name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": item["pk"]},
    )

    assert answer["Count"] == 2
    assert item in answer["Items"]
