"""What the stream no longer has: iterators too old to be of use, records and shards that were trimmed away."""

from datetime import timedelta

import pytest

from infrastructure.kernel.dynamodb.streams.records import BEHIND
from infrastructure.kernel.dynamodb.streams.stream import MAX_RECORDS
from tests.kernel.infrastructure.dynamodb.relaying import Relaying
from tests.kernel.infrastructure.dynamodb.relaying import happened
from tests.kernel.infrastructure.dynamodb.streams import WRITTEN
from tests.kernel.infrastructure.dynamodb.streams import telling


@pytest.fixture
def relaying() -> Relaying:
    return Relaying("first")


def messages(caplog, level):
    return [record.getMessage() for record in caplog.records if record.levelname == level]


def test_an_expired_iterator_is_replaced_and_nothing_lost_or_repeated(relaying):
    events = happened(MAX_RECORDS + 4)
    relaying.streams.tell("first", *events[:-2])
    relaying.poller.poll()

    relaying.streams.expire()
    relaying.run()
    relaying.streams.tell("first", *events[-2:])
    relaying.streams.expire()
    relaying.run()

    assert relaying.published == events


def test_an_iterator_that_expires_before_anything_was_read_is_replaced(relaying):
    events = happened(2)
    relaying.run()
    relaying.streams.expire()
    relaying.streams.tell("first", *events)

    relaying.run()

    assert relaying.published == events


@pytest.mark.parametrize("restarted", [True, False], ids=["by-another", "by-the-same"])
def test_a_gap_is_told_and_what_is_left_is_carried(relaying, caplog, restarted):
    events = happened(6)
    relaying.streams.tell("first", *events[:2])
    relaying.run()
    saved_at = relaying.checkpoint.saved_at
    relaying.streams.tell("first", *events[2:])
    relaying.streams.trim("first", 4)
    if restarted:
        relaying.restart()

    relaying.run()

    [told] = messages(caplog, "ERROR")
    assert "shard first" in told
    assert str(saved_at) in told
    assert relaying.published == events[:2] + events[4:]


def test_a_shard_that_vanished_before_its_end_is_told_once(relaying, caplog):
    relaying.streams.tell("first", *happened(1))
    relaying.run()
    saved_at = relaying.checkpoint.saved_at
    del relaying.streams.shards["first"]
    relaying.streams.open("second", parent="first")

    for _ in range(3):
        relaying.restart()
        relaying.run(waits=50)

    [told] = messages(caplog, "ERROR")
    assert "shard first" in told
    assert str(saved_at) in told
    assert relaying.positions.keys() == {"second"}


def test_a_shard_that_vanishes_under_the_poller_is_told_and_its_child_carried(relaying, caplog):
    events = happened(3)
    relaying.streams.tell("first", events[0])
    relaying.run()
    del relaying.streams.shards["first"]
    relaying.streams.open("second", parent="first")
    relaying.streams.tell("second", *events[1:])

    relaying.run()
    told = messages(caplog, "ERROR")
    caplog.clear()
    relaying.run(waits=50)

    assert ["shard first" in message for message in told] == [True]
    assert messages(caplog, "ERROR") == []
    assert relaying.published == events


def test_a_shard_that_vanishes_after_its_end_is_nothing_to_tell(relaying, caplog):
    relaying.streams.tell("first", *happened(1))
    relaying.streams.split("first", "second")
    relaying.run()
    del relaying.streams.shards["first"]
    relaying.streams.tell("second", *happened(1))

    relaying.run(waits=50)
    relaying.restart()
    relaying.run()

    assert messages(caplog, "ERROR") == []
    assert len(relaying.published) == 2
    assert relaying.positions["second"].sequence_number is not None


def test_a_stream_that_takes_the_place_of_another_is_noticed_and_the_gap_between_told_once(relaying, caplog):
    events = happened(3)
    relaying.streams.tell("first", events[0])
    relaying.streams.split("first")
    relaying.run()
    saved_at = relaying.checkpoint.saved_at

    relaying.streams.arn += "-enabled-again"
    relaying.streams.shards.clear()
    relaying.streams.open("another")
    relaying.run()
    relaying.restart()
    relaying.run()
    relaying.streams.tell("another", *events[1:])
    relaying.run()

    [told] = messages(caplog, "ERROR")
    assert str(saved_at) in told
    assert relaying.published == events


@pytest.mark.parametrize(
    ("late", "warnings"), [(BEHIND, 1), (BEHIND - timedelta(seconds=1), 0)], ids=["late", "in-time"]
)
def test_records_that_wait_for_half_a_day_are_warned_of(relaying, caplog, late, warnings):
    relaying.streams.write("first", telling(*happened(1), at=WRITTEN - late))

    relaying.run()

    assert len(messages(caplog, "WARNING")) == warnings
    assert len(relaying.published) == 1
