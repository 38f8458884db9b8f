"""How declared listings are kept: in which index, under which keys, at which cost."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

import pytest

from infrastructure.kernel.dynamodb import listing
from infrastructure.kernel.dynamodb.schema import listing_index
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed
from tests.kernel.contracts.base import walk
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Specimen

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def item(raw, table):
    """What is stored of a specimen of its keys in indexes."""

    def item(specimen):
        key = {"pk": {"S": f"SPECIMEN#{specimen.id}"}, "sk": {"S": "#"}}
        stored = raw.get_item(TableName=table.name, Key=key, ConsistentRead=True)["Item"]
        return {name: value["S"] for name, value in stored.items() if name.startswith(("_list", "_position"))}

    return item


def seen(hours, **fields):
    return a_specimen(f"Number {hours}", seen_at=NOON + timedelta(hours=hours), **fields)


def test_each_listing_has_an_index_of_its_own_and_keys_of_values(specimens, item, container):
    shards = int(container.settings().dynamodb_listing_shards)
    lists = [listing_index(number, shards).partition for number in (0, 3)]
    stored = specimens.add(seen(1, text="a b", number=-7, flag=True, crate_id="c1"))

    keys = item(stored)
    numbers = [keys[name].rpartition("#")[2] for name in lists]

    assert keys == {
        lists[0]: f"SPECIMEN#{numbers[0]}",
        "_position": f"number 1\0{stored.id}",
        "_list2": "SPECIMEN#of_crate#c1",
        "_position2": stored.id,
        "_list3": "SPECIMEN#of_colour#red",
        "_position3": f"2026-01-31T13:00:00.000000+00:00\0{stored.id}",
        lists[1]: f"SPECIMEN#by_amount#{numbers[1]}",
        "_position4": f"1\0{stored.id}",
        "_list5": "SPECIMEN#of_text#a%20b",
        "_position5": f"04992~\0{stored.id}",
        "_list6": "SPECIMEN#of_flag_and_day#1#2026-01-31",
        "_position6": f"00000000-0000-0000-0000-000000000007\0a b\0red\0{stored.id}",
    }


def test_an_entity_is_not_in_the_index_of_a_listing_that_it_is_not_in(specimens, item, raw, table):
    stored = specimens.add(a_specimen())
    before = item(stored)

    listed = specimens.save(stored.evolve(crate_id="c1", seen_at=NOON))
    between = item(stored)
    specimens.save(listed.evolve(crate_id=None, seen_at=None))

    assert between.keys() - before.keys() == {"_list2", "_position2", "_list3", "_position3"}
    assert item(stored) == before
    assert raw.scan(TableName=table.name, IndexName="listing2")["Items"] == []


def test_a_save_that_changes_no_key_writes_to_no_index(remote, network, item):
    stored = remote.specimens.add(seen(1, crate_id="c1"))
    before = item(stored)

    remote.specimens.save(stored.evolve(ratio=0.5, raw=b"x", words=("a", "b")))

    assert item(stored) == before
    remote.specimens.save(remote.specimens.get(stored.id, consistent=True))
    assert item(stored) == before


def test_a_save_that_changes_one_listing_changes_the_keys_of_that_one_alone(specimens, item):
    stored = specimens.add(seen(1))
    before = item(stored)

    specimens.save(stored.evolve(amount=Decimal("2.5")))

    assert {name for name, value in item(stored).items() if before[name] != value} == {"_position4"}


@pytest.mark.parametrize("character", ["x", "é", "\U0010ffff", "%"], ids=ascii)
def test_a_text_of_any_length_has_a_key_that_dynamodb_takes(specimens, item, character):
    one, other = (a_specimen(text=character * length) for length in (3000, 3001))
    specimens.put_many([one, other])

    assert len(item(one)["_list5"].encode()) < 600
    assert item(one)["_list5"] != item(other)["_list5"]
    assert list(walk(specimens, Specimen.of_text(one.text), limit=1)) == [one.at_version(1)]


def test_the_longest_position_is_one_that_dynamodb_takes(specimens):
    text = "\U0010ffff" * 300
    specimen = a_specimen(text=text, reference="ffffffff-ffff-ffff-ffff-ffffffffffff").evolve(id="x" * 64)

    stored = specimens.add(specimen)

    assert specimens.page(Specimen.of_flag_and_day(flag=False, day=stored.day), limit=1).items == (stored,)


def test_a_page_costs_one_query_and_a_read_per_hundred(connect, raw):
    remote = connect(dynamodb_listing_shards="3")
    network = Network(remote.table)
    stored = [seen(number, crate_id="c1") for number in range(30)]
    remote.specimens.put_many(stored)

    for query, queries in (
        (Specimen.of_crate("c1"), 1),
        (Specimen.of_colour(Colour.RED), 1),
        (Specimen.by_amount(), 3),
    ):
        network.sent.clear()

        page = remote.specimens.page(query, limit=2)

        assert len(page.items) == 2
        assert sorted(network.operations()) == ["BatchGetItem"] + ["Query"] * queries


def test_a_listing_without_values_is_merged_from_its_shards(connect):
    sharded = connect(dynamodb_listing_shards="3")
    stored = [a_specimen(amount=Decimal(number) - 20) for number in range(40)]
    sharded.specimens.put_many(reversed(stored))

    listed = list(walk(sharded.specimens, Specimen.by_amount(), limit=7))

    assert listed == [specimen.at_version(1) for specimen in stored]


def test_a_bounded_walk_downwards_is_complete_and_in_order(connect, monkeypatch):
    monkeypatch.setattr(listing, "MAX_READ", 5)
    remote = connect()
    stored = [seen(number) for number in range(30)]
    remote.specimens.put_many(stored)

    listed = list(walk(remote.specimens, Specimen.of_colour(Colour.RED), limit=4))

    assert listed == [specimen.at_version(1) for specimen in reversed(stored)]


def test_an_entry_left_behind_by_a_move_is_dropped(specimens, raw, table):
    stored = specimens.add(seen(1, text="here", number=1))
    for position, partition in (("25002", "here"), ("25001", "there")):
        stale = {"_list5": {"S": f"SPECIMEN#of_text#{partition}"}, "_position5": {"S": f"{position}\0{stored.id}"}}
        key = {"pk": {"S": f"SPECIMEN#{stored.id}"}, "sk": {"S": f"stale {partition}"}}
        raw.put_item(TableName=table.name, Item={**key, **stale})

    assert list(walk(specimens, Specimen.of_text("here"), limit=1)) == [stored]
    assert list(walk(specimens, Specimen.of_text("there"), limit=1)) == []


def test_a_unit_of_work_moves_what_it_saves(container, specimens, item):
    stored = specimens.add(seen(1, crate_id="c1"))

    with container.unit_of_work() as work:
        work.of(Specimen).save(renamed(stored).evolve(crate_id=None))
        work.commit()

    assert not {"_list2", "_position2"} & item(stored).keys()
    assert specimens.page(Specimen.of_crate("c1"), limit=10).items == ()
