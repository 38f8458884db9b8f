"""The way of the poller through the shards of a stream: everything once, and in order."""

import pytest

from infrastructure.kernel.dynamodb.streams.poller import LISTED
from infrastructure.kernel.dynamodb.streams.stream import MAX_RECORDS
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.relaying import Relaying
from tests.kernel.infrastructure.dynamodb.relaying import happened
from tests.kernel.infrastructure.dynamodb.streams import a_key
from tests.kernel.infrastructure.dynamodb.streams import a_record
from tests.kernel.infrastructure.dynamodb.streams import an_image
from tests.kernel.infrastructure.dynamodb.streams import telling


@pytest.fixture
def relaying() -> Relaying:
    return Relaying("first")


def test_everything_on_the_stream_is_carried_once_and_in_order(relaying):
    events = happened(5)
    relaying.streams.tell("first", *events[:3])

    relaying.run()
    relaying.streams.tell("first", *events[3:])
    relaying.run()

    assert relaying.published == events


@pytest.mark.parametrize("number", [MAX_RECORDS, MAX_RECORDS + 1, 3 * MAX_RECORDS], ids=["full", "one-more", "many"])
def test_any_number_of_records_is_carried(relaying, number):
    events = happened(number)
    relaying.streams.tell("first", *events)

    relaying.run()

    assert relaying.published == events


def test_the_events_of_one_write_are_carried_together_and_in_order(relaying):
    crate = a_crate()
    events = [an_event(crate) for _ in range(4)]
    relaying.streams.write("first", telling(*events))

    relaying.run()

    assert relaying.published == events


def test_writes_that_tell_nothing_are_passed_over(relaying):
    image = an_image("one")
    relaying.streams.write(
        "first",
        a_record("INSERT", NewImage=image),
        a_record("MODIFY", OldImage=image, NewImage=image),
        a_record("REMOVE", OldImage=image),
        a_record("INSERT", Keys=a_key("x", "OTHER"), NewImage={"pk": {"S": "OTHER#x"}}),
    )
    [event] = happened(1)
    relaying.streams.tell("first", event)

    relaying.run()

    assert relaying.published == [event]
    assert relaying.dead_letters.letters == []


def test_a_child_is_carried_only_after_all_of_its_parent():
    relaying = Relaying()
    of_parent, of_child = happened(2 * MAX_RECORDS + 1), happened(3)
    relaying.streams.open("child", parent="parent")
    relaying.streams.open("parent")
    relaying.streams.tell("child", *of_child)
    relaying.streams.tell("parent", *of_parent)
    relaying.streams.split("parent")

    relaying.run()

    assert relaying.published == of_parent + of_child


def test_a_child_waits_while_its_parent_may_still_get_records():
    relaying = Relaying("parent")
    relaying.streams.open("child", parent="parent")
    [early], [late], [of_child] = happened(1), happened(1), happened(1)
    relaying.streams.tell("parent", early)
    relaying.streams.tell("child", of_child)

    relaying.run()
    so_far = list(relaying.published)
    relaying.streams.tell("parent", late)
    relaying.streams.split("parent")
    relaying.run()

    assert so_far == [early]
    assert relaying.published == [early, late, of_child]


def test_both_children_of_a_split_and_theirs_are_carried(relaying):
    of_first, of_left, of_right, of_last = happened(2), happened(2), happened(2), happened(2)
    relaying.streams.tell("first", *of_first)
    relaying.streams.split("first", "left", "right")
    relaying.streams.tell("left", *of_left)
    relaying.streams.tell("right", *of_right)
    relaying.streams.split("right", "last")
    relaying.streams.tell("last", *of_last)

    relaying.run()

    published = relaying.published
    assert published[:2] == of_first
    assert [event for event in published if event in of_left] == of_left
    assert [event for event in published if event in of_right + of_last] == of_right + of_last
    assert len(published) == 8


def test_a_split_is_followed_at_once(relaying):
    before, after = happened(2), happened(2)
    relaying.streams.tell("first", *before)
    relaying.run()
    relaying.streams.split("first", "second")
    relaying.streams.tell("second", *after)

    relaying.run(waits=2)

    assert relaying.published == before + after


def test_shards_without_a_parent_are_all_carried():
    relaying = Relaying("a", "b", "c", "d", "e")
    events = happened(5)
    for shard, event in zip("abcde", events, strict=True):
        relaying.streams.tell(shard, event)

    relaying.run()

    assert sorted(relaying.published, key=events.index) == events


def test_a_shard_whose_parent_is_trimmed_away_is_carried_from_its_begin():
    relaying = Relaying()
    events = happened(2)
    relaying.streams.open("child", parent="long gone")
    relaying.streams.tell("child", *events)

    relaying.run()

    assert relaying.published == events


def test_a_shard_is_read_to_its_end_and_never_again(relaying):
    events = happened(2)
    relaying.streams.tell("first", *events)
    relaying.streams.split("first", "second")
    relaying.run()
    relaying.streams.calls.clear()

    relaying.run()
    relaying.restart()
    relaying.run()

    assert relaying.positions["first"].is_at_end
    assert {shard for _, shard in relaying.streams.calls} == {None, "second"}
    assert relaying.published == events


def test_a_shard_that_ends_without_a_record_is_done_with(relaying):
    relaying.streams.split("first", "second")
    relaying.run()
    relaying.streams.calls.clear()

    relaying.restart()
    relaying.run()

    assert relaying.positions["first"].is_at_end
    assert {shard for _, shard in relaying.streams.calls} == {None, "second"}


def test_a_shard_that_comes_from_nowhere_is_noticed_in_time(relaying):
    [event] = happened(1)
    relaying.run()
    relaying.streams.open("second")
    relaying.streams.tell("second", event)

    relaying.now += LISTED
    relaying.run()

    assert relaying.published == [event]


def test_shards_are_not_listed_more_often_than_needed(relaying):
    relaying.run()
    relaying.streams.calls.clear()

    for _ in range(100):
        relaying.now += LISTED / 100
        relaying.poller.poll()

    assert relaying.streams.calls.count(("describe_stream", None)) == 1


def test_a_poll_tells_whether_there_was_anything_to_carry(relaying):
    relaying.streams.tell("first", *happened(1))

    assert [relaying.poller.poll() for _ in range(3)] == [True, False, False]


def test_the_poller_waits_only_when_there_is_nothing_to_carry(relaying):
    events = happened(3 * MAX_RECORDS)
    relaying.streams.tell("first", *events)

    relaying.run(waits=1)

    assert relaying.published == events


def test_a_poller_that_is_stopped_before_it_begins_carries_nothing(relaying):
    relaying.streams.tell("first", *happened(1))

    relaying.run(waits=0)

    assert relaying.published == []
    assert relaying.streams.calls == []
