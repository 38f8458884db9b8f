"""What the poller does when the bus, the stream or a record fails it."""

import logging
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.exceptions import ReadTimeoutError

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.streams.stream import MAX_RECORDS
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.events.relay import AT_ONCE
from tests.kernel.infrastructure.dynamodb.relaying import Relaying
from tests.kernel.infrastructure.dynamodb.relaying import happened
from tests.kernel.infrastructure.dynamodb.streams import a_record
from tests.kernel.infrastructure.dynamodb.streams import an_image
from tests.kernel.infrastructure.dynamodb.streams import refusal


@pytest.fixture
def relaying() -> Relaying:
    return Relaying("first")


def test_a_bus_that_fails_holds_its_shard_and_no_other():
    relaying = Relaying("held", "free")
    of_held, of_free = happened(AT_ONCE + 1), happened(3)
    relaying.bus.refused = {of_held[AT_ONCE]}
    relaying.streams.tell("held", *of_held)
    relaying.streams.tell("free", *of_free)

    relaying.run()

    assert [event for event in relaying.published if event in of_held] == of_held[:AT_ONCE]
    assert [event for event in relaying.published if event in of_free] == of_free


@pytest.mark.parametrize("killed", [False, True], ids=["by-the-same", "by-another"])
@pytest.mark.parametrize("first", [0, AT_ONCE, 3 * AT_ONCE, MAX_RECORDS, MAX_RECORDS + AT_ONCE])
def test_what_the_bus_refused_is_carried_again_from_there(relaying, first, killed):
    events = happened(2 * MAX_RECORDS)
    relaying.bus.refused = {events[first]}
    relaying.streams.tell("first", *events)
    relaying.run()
    so_far = list(relaying.published)
    if killed:
        relaying.restart()
        relaying.run()

    relaying.bus.refused = set()
    relaying.run()

    assert so_far == events[:first]
    assert relaying.published == events


def test_a_bus_that_fails_halfway_is_handed_no_more_than_one_batch_again(relaying):
    events = happened(3 * AT_ONCE)
    relaying.bus.refused = {events[AT_ONCE + 4]}
    relaying.streams.tell("first", *events)
    relaying.poller.poll()

    relaying.bus.refused = set()
    relaying.run()

    assert relaying.published == events[: AT_ONCE + 4] + events[AT_ONCE:]


def test_a_bus_that_keeps_failing_costs_one_checkpoint(relaying):
    relaying.echo("first")
    events = happened(1)
    relaying.bus.refused = set(events)
    relaying.streams.tell("first", *events)

    relaying.run(waits=10)

    assert relaying.checkpoint.version == 1


def test_a_child_waits_for_a_parent_that_the_bus_holds(relaying):
    [of_parent], [of_child] = happened(1), happened(1)
    relaying.bus.refused = {of_parent}
    relaying.streams.tell("first", of_parent)
    relaying.streams.split("first", "child")
    relaying.streams.tell("child", of_child)
    relaying.run()
    held = list(relaying.published)

    relaying.bus.refused = set()
    relaying.run()

    assert held == []
    assert relaying.published == [of_parent, of_child]


FAULTS = {
    "throttled": refusal("LimitExceededException"),
    "also throttled": refusal("ThrottlingException"),
    "failed": refusal("InternalServerError", 500),
    "slow": ReadTimeoutError(endpoint_url="http://things.example"),
    "unreachable": ConnectTimeoutError(endpoint_url="http://things.example"),
}
CALLS = ("describe_stream", "get_shard_iterator", "get_records")


@pytest.mark.parametrize("before", range(3), ids=CALLS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=[name.replace(" ", "-") for name in FAULTS])
def test_a_stream_that_does_not_answer_ends_a_poll_but_not_the_poller(relaying, caplog, fault, before):
    events = happened(3)
    relaying.streams.tell("first", *events)
    relaying.streams.failures = [*[None] * before, fault]

    with pytest.raises(Unavailable):
        relaying.poller.poll()
    asked = [operation for operation, _ in relaying.streams.calls]
    relaying.streams.failures = [*[None] * before, fault]
    relaying.run()

    assert asked == list(CALLS[: before + 1])
    assert "waits for DynamoDB" in caplog.text
    assert relaying.published == events


def test_what_was_carried_without_a_checkpoint_is_carried_again(relaying, caplog):
    events = happened(3)
    relaying.streams.tell("first", *events)

    def fail_once() -> None:
        relaying.checkpoints.before = lambda: None
        raise Unavailable("not now")

    relaying.checkpoints.before = fail_once
    relaying.run()

    assert "not now" in caplog.text
    assert relaying.published == events * 2
    assert relaying.checkpoint.version == 1


def test_no_stream_is_a_wrong_setup(relaying):
    relaying.streams.arn = None

    with pytest.raises(Misconfigured, match="things has no stream"):
        relaying.run()


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_a_stream_that_cannot_be_described_is_a_wrong_setup(relaying, code):
    relaying.streams.failures = [refusal(code)]

    with pytest.raises(Misconfigured, match="things"):
        relaying.run()


def test_an_error_that_nobody_expects_is_raised_as_it_is(relaying):
    relaying.streams.failures = [refusal("ValidationException")]

    with pytest.raises(ErrorAnswer) as unexpected:
        relaying.run()

    assert unexpected.value.code == "ValidationException"


def test_what_cannot_be_read_goes_to_the_dead_letters_and_the_poller_moves_on(relaying, caplog):
    caplog.set_level(logging.CRITICAL)
    before, after = happened(2), happened(2)
    relaying.streams.tell("first", *before)
    relaying.streams.write("first", a_record("INSERT", NewImage=an_image("one", _events={"S": "nonsense"})))
    relaying.streams.tell("first", *after)

    relaying.run()
    relaying.restart()
    relaying.run()

    [(letter, reason)] = relaying.dead_letters.letters
    assert "nonsense" in letter
    assert "_events" in reason
    assert relaying.published == before + after


NO_RECORDS: dict[str, Any] = {
    "nothing": None,
    "an empty object": {},
    "no change": {"eventName": "INSERT"},
    "no number": {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "x"}}}},
    "wrong keys": a_record("INSERT", Keys={"pk": "x"}),
}


@pytest.mark.parametrize("killed", [False, True], ids=["by-the-same", "by-another"])
@pytest.mark.parametrize("name", [name.replace(" ", "-") for name in NO_RECORDS])
@pytest.mark.parametrize("first", [0, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1])
def test_what_is_no_record_goes_to_the_dead_letters_and_nothing_waits_for_it(relaying, caplog, name, first, killed):
    caplog.set_level(logging.CRITICAL)
    events = happened(AT_ONCE + 1)
    relaying.streams.tell("first", *events[:first])
    relaying.streams.put("first", NO_RECORDS[name.replace("-", " ")])
    relaying.streams.tell("first", *events[first:])

    relaying.run()
    if killed:
        relaying.restart()
        relaying.run()

    assert relaying.published == events
    assert len({letter for letter, _ in relaying.dead_letters.letters}) == 1


@pytest.mark.parametrize("failing", [0, AT_ONCE - 1, AT_ONCE, AT_ONCE + 3])
@pytest.mark.parametrize("first", [0, 1, AT_ONCE, AT_ONCE + 1])
def test_a_bus_that_fails_beside_what_is_no_record_loses_nothing(relaying, caplog, first, failing):
    caplog.set_level(logging.CRITICAL)
    events = happened(AT_ONCE + 5)
    relaying.bus.refused = {events[failing]}
    relaying.streams.tell("first", *events[:first])
    relaying.streams.put("first", None)
    relaying.streams.tell("first", *events[first:])
    relaying.run()

    relaying.bus.refused = set()
    relaying.restart()
    relaying.run()

    assert list(dict.fromkeys(relaying.published)) == events
    assert {letter for letter, _ in relaying.dead_letters.letters} == {"null"}


def test_a_shard_that_ends_with_what_is_no_record_is_at_its_end(relaying, caplog):
    caplog.set_level(logging.CRITICAL)
    events = happened(1)
    relaying.streams.put("first", None)
    relaying.streams.split("first", "child")
    relaying.streams.tell("child", *events)

    relaying.run()
    relaying.restart()
    relaying.run()

    assert relaying.published == events
    assert len(relaying.dead_letters.letters) == 1
