"""Where a poller goes on after another one: nothing is lost, and next to nothing repeated."""

from datetime import timedelta

import pytest

from domain.kernel.errors import NotFound
from infrastructure.kernel.dynamodb.streams.checkpoints import CHECKPOINT
from infrastructure.kernel.dynamodb.streams.checkpoints import Position
from infrastructure.kernel.dynamodb.streams.poller import REFRESHED
from infrastructure.kernel.dynamodb.streams.stream import MAX_RECORDS
from tests.kernel.infrastructure.dynamodb.relaying import Relaying
from tests.kernel.infrastructure.dynamodb.relaying import die
from tests.kernel.infrastructure.dynamodb.relaying import happened
from tests.kernel.infrastructure.dynamodb.streams import ARN
from tests.kernel.infrastructure.dynamodb.streams import WRITTEN

OTHER_ARN = ARN.replace("2026-01-31", "2025-12-31")


@pytest.fixture
def relaying() -> Relaying:
    return Relaying("first")


def errors(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_another_poller_goes_on_after_the_checkpoint_and_repeats_nothing(relaying):
    events = happened(5)
    relaying.streams.tell("first", *events[:3])
    relaying.run()

    relaying.restart()
    relaying.streams.tell("first", *events[3:])
    relaying.run()

    assert relaying.published == events


def test_another_poller_goes_on_in_every_shard_where_it_was_left(relaying):
    of_first, of_left, of_right = happened(2), happened(4), happened(4)
    relaying.streams.tell("first", *of_first)
    relaying.streams.split("first", "left", "right")
    relaying.streams.tell("left", *of_left[:2])
    relaying.run()
    relaying.restart()
    relaying.streams.tell("right", *of_right[:3])
    relaying.run()

    relaying.restart()
    relaying.streams.tell("left", *of_left[2:])
    relaying.streams.tell("right", *of_right[3:])
    relaying.run()

    assert [event for event in relaying.published if event not in of_right] == of_first + of_left
    assert [event for event in relaying.published if event in of_right] == of_right


def test_a_kill_before_the_checkpoint_is_saved_repeats_at_most_what_is_read_at_once(relaying):
    events = happened(2 * MAX_RECORDS + 50)
    relaying.streams.tell("first", *events)
    relaying.poller.poll()
    relaying.checkpoints.before = die

    relaying.run_until_killed()
    relaying.checkpoints.before = lambda: None
    relaying.run()

    assert relaying.published == events[: 2 * MAX_RECORDS] + events[MAX_RECORDS:]


def test_a_kill_after_the_checkpoint_is_saved_repeats_nothing(relaying):
    events = happened(MAX_RECORDS + 1)
    relaying.streams.tell("first", *events)
    relaying.poller.poll()

    relaying.restart()
    relaying.run()

    assert relaying.published == events


def test_the_record_of_a_checkpoint_causes_no_other(relaying):
    relaying.echo("first")
    relaying.streams.tell("first", *happened(3))
    relaying.run()
    version = relaying.checkpoint.version

    relaying.run(waits=10)

    assert version == 1
    assert relaying.checkpoint.version == version


def test_records_of_checkpoints_among_others_are_passed_over(relaying):
    relaying.echo("first")
    events = happened(4)

    for event in events:
        relaying.streams.tell("first", event)
        relaying.poller.poll()
    relaying.restart()
    relaying.run()

    assert relaying.published == events
    assert relaying.checkpoint.version == len(events)


def test_the_record_of_a_checkpoint_in_another_shard_causes_no_other():
    relaying = Relaying("busy", "other")
    relaying.echo("other")
    relaying.streams.tell("busy", *happened(3))

    relaying.run(waits=10)

    assert relaying.checkpoint.version == 1


def test_a_checkpoint_is_refreshed_when_it_is_an_hour_old(relaying):
    relaying.echo("first")
    relaying.streams.tell("first", *happened(1))
    relaying.run()
    before = relaying.checkpoint

    relaying.now = before.saved_at + REFRESHED - timedelta(milliseconds=1)
    relaying.poller.poll()
    not_yet = relaying.checkpoint
    relaying.now += timedelta(milliseconds=1)
    relaying.poller.poll()

    assert not_yet == before
    assert relaying.checkpoint.version == before.version + 1
    assert relaying.checkpoint.saved_at == relaying.now
    assert relaying.positions["first"].sequence_number > before.positions[0].sequence_number


def test_a_stream_on_which_nothing_ever_was_gets_a_checkpoint_within_an_hour(relaying):
    relaying.run()
    with pytest.raises(NotFound):
        relaying.checkpoints.get(CHECKPOINT)

    relaying.now += REFRESHED
    relaying.run()

    assert relaying.positions == {"first": Position(shard="first")}


def test_a_checkpoint_of_another_stream_is_told_and_all_of_the_new_one_is_carried(relaying, caplog):
    of_old, of_new = happened(2), happened(2)
    relaying.streams.arn = OTHER_ARN
    relaying.streams.tell("first", *of_old)
    relaying.run()
    another = Relaying("first")
    another.checkpoints = relaying.checkpoints
    another.restart()
    another.streams.tell("first", *of_new)

    another.run()

    [told] = errors(caplog)
    assert OTHER_ARN in told
    assert str(WRITTEN) in told
    assert another.published == of_new
    assert another.checkpoint.stream == ARN


def test_what_was_told_of_another_stream_is_not_told_again(relaying, caplog):
    relaying.streams.arn = OTHER_ARN
    relaying.streams.tell("first", *happened(1))
    relaying.run()
    relaying.streams.arn = ARN
    relaying.restart()
    relaying.run()
    caplog.clear()

    relaying.restart()
    relaying.run()

    assert errors(caplog) == []


def test_two_pollers_lose_nothing(relaying, caplog):
    events = happened(3 * MAX_RECORDS)
    first = relaying.poller
    relaying.streams.tell("first", *events[:MAX_RECORDS])
    first.poll()
    relaying.restart()
    relaying.streams.tell("first", *events[MAX_RECORDS:])
    relaying.poller.poll()

    outcome = first.poll()
    warned = [record.levelname for record in caplog.records]
    while first.poll():
        pass

    assert outcome is False
    assert warned == ["WARNING"]
    assert "another relay" in caplog.text
    repeated = events[MAX_RECORDS : 2 * MAX_RECORDS]
    assert relaying.published == [*events[:MAX_RECORDS], *repeated, *repeated, *events[2 * MAX_RECORDS :]]


def test_two_pollers_that_begin_together_lose_nothing(relaying):
    events = happened(MAX_RECORDS)
    other = Relaying("first")
    other.streams, other.checkpoints, other.bus = relaying.streams, relaying.checkpoints, relaying.bus
    other.restart()
    relaying.poller.poll()
    other.poller.poll()
    relaying.streams.tell("first", *events)

    relaying.run()
    other.run()

    assert set(relaying.published) == set(events)
    assert relaying.published[: len(events)] == events


def test_a_checkpoint_that_somebody_removed_makes_the_poller_begin_anew(relaying):
    events = happened(2)
    relaying.streams.tell("first", events[0])
    relaying.run()
    relaying.checkpoints.remove_many([CHECKPOINT])
    relaying.streams.tell("first", events[1])

    relaying.run()

    assert relaying.published == [*events, *events]
