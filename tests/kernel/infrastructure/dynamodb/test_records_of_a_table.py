"""The records that a table's stream really has, of everything that can be written to it."""

import json
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from functools import cache
from uuid import UUID

import pytest

from infrastructure.kernel.dynamodb.botocore.client import create_streams_client
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.streams.checkpoints import Position
from infrastructure.kernel.dynamodb.streams.records import Images
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.dynamodb.streams.stream import Stream
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Part

streams_client = cache(create_streams_client)
PART = Part(label="Ü", weight=Decimal("-0.10"), parts=(Part(label="", weight=Decimal("1E+20")),))


@pytest.fixture
def specimen():
    """One that has something in every field."""
    return a_specimen(
        "Ámber",
        text="\0\u2028🏟",
        number=-(10**37),
        amount=Decimal("1.50"),
        ratio=0.1,
        flag=True,
        moment=datetime(2024, 2, 29, 23, 59, 59, 1, tzinfo=UTC),
        day=date(2024, 2, 29),
        reference=UUID(int=2**128 - 1),
        colour=Colour.GREEN,
        raw=bytes(range(256)),
        words=("b", "", "a"),
        tags=frozenset({"x", ""}),
        numbers=frozenset({0, -1}),
        blobs=frozenset({b"", b"\xff"}),
        table=((1, 2), ()),
        part=PART,
        parts=(PART, PART),
        either="5",
    )


@pytest.fixture(params=["streams", "lambda"])
def records(request, container, table):
    """All records of the items under the keys of an entity, in one of the two forms."""

    def records(id):
        stream = Stream(streams_client(container.settings()), table)
        found = []
        for shard in stream.shards():
            following: str | None = stream.iterator(Position(shard=shard.id))
            while following and (read := stream.read(following)).records:
                found += read.records
                following = read.iterator
        of_entity = [record for record in found if id in record.key["pk"]["S"]]
        if request.param == "lambda":
            return [StreamRecord(json.loads(record.whole())) for record in of_entity]
        return of_entity

    return records


def test_every_write_shows_the_entity_before_and_after(specimens, specimen, persistence, records):
    stored = specimens.add(specimen)
    saved = specimens.save(renamed(stored))
    specimens.remove(saved)

    images = [record.images(persistence.store) for record in records(specimen.id)]

    assert images == [Images(None, stored), Images(stored, saved), Images(saved, None)]
    assert images[0].after.__dict__ == stored.__dict__
    assert images[2].before.__dict__ == saved.__dict__


def test_a_tombstone_is_nothing_on_either_side(specimens, specimen, persistence, records):
    stored = specimens.add(specimen)
    removed, recreated = an_event(stored), an_event(specimen)
    specimens.remove(stored, removed)
    stored_again = specimens.add(specimen, recreated)
    removed_again = an_event(stored_again)
    specimens.remove(stored_again, removed_again)
    specimens.remove_many([specimen.id])

    found = records(specimen.id)

    assert [record.images(persistence.store) for record in found] == [
        Images(None, stored),
        Images(stored, None),
        Images(None, stored_again),
        Images(stored_again, None),
        Images(None, None),
    ]
    told = [[], [removed], [recreated.evolve(version=stored_again.version)], [removed_again], []]
    assert [list(record.events()) for record in found] == told


def test_a_unit_of_work_is_a_record_of_each_of_its_writes(container, crates, persistence, records):
    added, saved, removed = a_crate(), crates.add(a_crate()), crates.add(a_crate())
    events = {each.id: [an_event(each)] for each in (added, saved, removed)}

    with container.unit_of_work() as work:
        work.of(Crate).add(added, *events[added.id])
        work.of(Crate).save(saved, *events[saved.id])
        work.of(Crate).remove(removed, *events[removed.id])
        work.commit()

    last = {each.id: records(each.id)[-1] for each in (added, saved, removed)}
    assert {id: list(record.events()) for id, record in last.items()} == events
    assert {id: record.images(persistence.store) for id, record in last.items()} == {
        added.id: Images(None, added.at_version(1)),
        saved.id: Images(saved, saved.at_version(2)),
        removed.id: Images(removed, None),
    }


def test_the_events_of_a_record_are_those_of_its_write(crates, records):
    crate = a_crate()
    created, first, second = an_event(crate), *(an_event(crate.at_version(1)) for _ in range(2))
    stored = crates.add(crate, created)
    stored = crates.save(stored, first, second)
    crates.remove(crates.save(stored))

    told = [list(record.events()) for record in records(crate.id)]

    assert told == [[created], [first, second], [], []]


def test_bulk_writes_tell_no_events_but_what_they_change(specimens, specimen, persistence, records):
    stored = specimens.add(specimen, an_event(specimen))
    replaced = renamed(stored)
    specimens.put_many([replaced])

    last = records(specimen.id)[-1]

    assert list(last.events()) == []
    assert last.images(persistence.store) == Images(stored, replaced)


def test_attributes_that_this_release_does_not_know_do_no_harm(specimens, specimen, persistence, raw, table, records):
    stored = specimens.add(specimen, an_event(specimen))
    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": f"SPECIMEN#{specimen.id}"}, "sk": {"S": "#"}},
        UpdateExpression="SET #new = :new",
        ExpressionAttributeNames={"#new": "_newer"},
        ExpressionAttributeValues={":new": {"L": [{"BS": [b"x"]}, {"NS": ["1"]}, {"NULL": True}, {"M": {}}]}},
    )

    last = records(specimen.id)[-1]

    assert last.images(persistence.store) == Images(stored, stored)
    assert list(last.events()) == []


@pytest.mark.parametrize(
    "key",
    [("CRATE#{}", "CONTRACT#1"), ("OTHER#{}", "#"), ("CRATE-SHIP#{}", "#"), ("{}", "anything"), ("{}", "#")],
    ids=["child", "unknown-kind", "similar-kind", "foreign", "foreign-root"],
)
def test_what_is_no_entity_has_no_images_and_no_events(persistence, raw, table, records, key):
    id = a_crate().id
    pk, sk = (part.format(id) for part in key)
    raw.put_item(
        TableName=table.name, Item={"pk": {"S": pk}, "sk": {"S": sk}, "name": {"S": "x"}, "version": {"N": "1"}}
    )

    [record] = records(id)

    assert record.images(persistence.store) is None
    assert list(record.events()) == []


def test_a_kind_that_a_store_was_not_told_of_has_no_images(specimens, specimen, container, table, records):
    specimens.add(specimen)
    stranger = DynamoDBStore(table, now=container.now)

    [record] = records(specimen.id)

    assert record.images(stranger) is None
