"""What is in the table after each write, as any other program would find it."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

import pytest
from boto3.dynamodb.types import TypeDeserializer
from dependency_injector.providers import Callable as Call

from domain.errors import AlreadyExists
from domain.errors import NotFound
from domain.repository import Everything
from tests.builders.events import an_event
from tests.builders.specimens import Part
from tests.builders.specimens import Specimen
from tests.builders.specimens import a_specimen
from tests.builders.specimens import renamed as renamed_specimen
from tests.builders.sponsors import a_sponsor
from tests.builders.sponsors import renamed

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def item(raw, table):
    """The item of an entity, in Python's types; None if there is none."""

    def item(entity):
        stored = raw.scan(TableName=table.name, ConsistentRead=True)["Items"]
        found = [each for each in stored if each["pk"]["S"].endswith(f"#{entity.id}") and each["sk"]["S"] == "#"]
        return {key: TypeDeserializer().deserialize(value) for key, value in found[0].items()} if found else None

    return item


@pytest.fixture
def listed(raw, table):
    """The keys of all that stands in the index."""
    return lambda: [item["pk"]["S"] for item in raw.scan(TableName=table.name, IndexName="listing")["Items"]]


def test_an_added_entity_is_an_item_of_its_fields(sponsors, item, container):
    sponsor = a_sponsor("Nörd")

    sponsors.add(sponsor)

    shard = item(sponsor)["_list"].removeprefix("SPONSOR#")
    assert int(shard) < container.settings().dynamodb_listing_shards
    assert item(sponsor) == {
        "pk": f"SPONSOR#{sponsor.id}",
        "sk": "#",
        "name": "Nörd",
        "version": 1,
        "_write": item(sponsor)["_write"],
        "_list": f"SPONSOR#{shard}",
        "_position": f"nord\0{sponsor.id}",
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


def test_a_write_replaces_the_events_of_the_write_before(sponsors, item):
    sponsor = a_sponsor()
    created, first, second = an_event(sponsor), *(an_event(sponsor.at_version(1)) for _ in range(2))

    stored = sponsors.add(sponsor, created)
    after_addition = item(sponsor)["_events"]
    stored = sponsors.save(stored, first, second)
    after_save = item(sponsor)["_events"]
    sponsors.save(stored)

    assert [event["event_id"] for event in after_addition] == [created.event_id]
    assert [event["event_id"] for event in after_save] == [first.event_id, second.event_id]
    assert after_save[0] == {
        "event_id": first.event_id,
        "occurred_at": first.occurred_at.isoformat(),
        "type": "Happened",
        "aggregate_id": sponsor.id,
        "version": 2,
        "what": "",
    }
    assert "_events" not in item(sponsor)


def test_bulk_writes_leave_no_event_and_a_write_id(sponsors, item):
    sponsor = a_sponsor()
    stored = sponsors.add(sponsor, an_event(sponsor))
    before = item(sponsor)["_write"]

    sponsors.put_many([stored])

    assert item(sponsor)["_write"] != before
    assert "_events" not in item(sponsor)


def test_a_save_that_does_not_rename_leaves_the_place_in_the_listing(specimens, item):
    specimen = specimens.add(a_specimen("Amber"))
    place = item(specimen)["_list"], item(specimen)["_position"]

    specimens.save(specimen.evolve(number=1))

    assert (item(specimen)["_list"], item(specimen)["_position"]) == place


def test_a_plain_removal_leaves_nothing(sponsors, item, listed):
    sponsor = sponsors.add(a_sponsor())

    sponsors.remove(sponsor)

    assert item(sponsor) is None
    assert listed() == []


@pytest.mark.parametrize("how", ["alone", "in-a-unit-of-work"])
def test_a_removal_with_events_leaves_a_tombstone_out_of_the_listing(container, sponsors, item, listed, how):
    container.now.override(Call(lambda: NOW))
    sponsor = sponsors.add(a_sponsor())
    removed = an_event(sponsor)

    if how == "alone":
        sponsors.remove(sponsor, removed)
    else:
        work = container.unit_of_work()
        work.of(type(sponsor)).remove(sponsor, removed)
        work.commit()

    tombstone = item(sponsor)
    assert tombstone.keys() == {"pk", "sk", "_gone", "_write", "_events", "_ttl"}
    assert tombstone["_gone"] is True
    assert [event["event_id"] for event in tombstone["_events"]] == [removed.event_id]
    assert tombstone["_ttl"] == (NOW + timedelta(days=7)).timestamp()
    assert listed() == []


def test_a_tombstone_is_read_as_nothing_and_replaced_by_an_addition(sponsors, item):
    sponsor = sponsors.add(a_sponsor())
    sponsors.remove(sponsor, an_event(sponsor))

    for call in (lambda: sponsors.get(sponsor.id), lambda: sponsors.save(sponsor), lambda: sponsors.remove(sponsor)):
        with pytest.raises(NotFound):
            call()
    assert sponsors.get_many([sponsor.id]) == []

    sponsors.add(sponsor.at_version(0))

    assert item(sponsor).keys() == {"pk", "sk", "name", "version", "_write", "_list", "_position"}
    with pytest.raises(AlreadyExists):
        sponsors.add(sponsor.at_version(0))


def test_a_tombstone_can_be_cleaned_away(sponsors, item):
    sponsor = sponsors.add(a_sponsor())
    sponsors.remove(sponsor, an_event(sponsor))

    sponsors.remove_many([sponsor.id])

    assert item(sponsor) is None


def test_a_check_changes_nothing(container, sponsors, item):
    sponsor = sponsors.add(a_sponsor())
    before = item(sponsor)

    with container.unit_of_work() as work:
        work.of(type(sponsor)).check(sponsor)
        work.of(type(sponsor)).add(a_sponsor())
        work.commit()

    assert item(sponsor) == before


def test_kinds_share_the_table_but_not_their_keys(sponsors, specimens, item):
    sponsor = sponsors.add(a_sponsor())
    namesake = specimens.add(Specimen(id=sponsor.id, name="Namesake"))

    sponsors.remove(sponsor)

    assert item(namesake)["pk"] == f"SPECIMEN#{sponsor.id}"
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


def test_ids_of_any_permitted_character_are_kept_apart(sponsors):
    ids = ("-", "_", "0", "A", "a", "z" * 64, "a-b", "a_b")
    stored = [sponsors.add(renamed(a_sponsor()).evolve(id=id)) for id in ids]

    assert sponsors.get_many(ids) == stored
