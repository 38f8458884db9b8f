"""Carrying records to the bus: none is lost and none overtakes another, whatever the bus does."""

import json
import threading
from collections.abc import Iterable
from collections.abc import Sequence
from itertools import count
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel.events.dead_letters import DeadLetters
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.relay import AT_ONCE
from infrastructure.kernel.events.relay import Record
from infrastructure.kernel.events.relay import Relay
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.events.buses import WHY
from tests.kernel.infrastructure.events.buses import StubbornBus
from tests.kernel.infrastructure.events.buses import never
from usecases.kernel.deadline import within


class Written(Record):
    """A write with those events."""

    def __init__(self, *happened: Event) -> None:
        self.happened = happened

    def events(self) -> Sequence[Event]:
        return self.happened

    def whole(self) -> str:
        return json.dumps([event.event_id for event in self.happened])


class Garbled(Record):
    """A write that no release can read."""

    def events(self) -> Sequence[Event]:
        raise Unreadable("Record", "r1", "all of it is noise")

    def whole(self) -> str:
        return '"noise"'


class FullDeadLetters(DeadLetters):
    """Has no room."""

    def put(self, record: str, reason: str) -> None:
        raise OSError("no room")


PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""


class SlowBus(EventBus):
    """Takes what it is handed when it is allowed to."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def publish(self, *events: Event) -> None:
        self.has_begun.set()
        self.may_end.wait(PATIENCE)


def some_records(number: int) -> list[Written]:
    return [Written(an_event(a_specimen())) for _ in range(number)]


def events_of(records: Iterable[Written]) -> list[Event]:
    return [event for record in records for event in record.happened]


def carried(bus: StubbornBus, *records: Record) -> tuple[int, list[tuple[str, str]]]:
    """How many of the records are done with, and what is among the dead letters."""
    dead_letters = InMemoryDeadLetters()
    return Relay(bus, dead_letters).carry(records), dead_letters.letters


def test_events_are_handed_over_in_the_order_of_their_records():
    first, second = a_specimen(), a_specimen()
    told = [an_event(first), an_event(first), an_event(second), an_event(first.at_version(1))]
    bus = StubbornBus()

    done, letters = carried(bus, Written(*told[:2]), Written(told[2]), Written(told[3]))

    assert (done, letters) == (3, [])
    assert bus.published == told


def test_the_bus_is_handed_as_many_records_at_once_as_one_request_takes():
    bus, records = StubbornBus(), some_records(2 * AT_ONCE + 1)

    done, _ = carried(bus, *records)

    assert done == len(records)
    assert [len(call) for call in bus.calls] == [AT_ONCE, AT_ONCE, 1]
    assert bus.published == events_of(records)


@pytest.mark.parametrize(
    ("failing", "expected"), [(0, 0), (AT_ONCE - 1, 0), (AT_ONCE, AT_ONCE), (2 * AT_ONCE + 4, 2 * AT_ONCE)]
)
def test_a_bus_that_fails_holds_back_what_comes_after_and_what_went_with_it(failing, expected):
    records = some_records(3 * AT_ONCE)
    bus = StubbornBus({records[failing].happened[0]: RuntimeError("not now")})

    done, letters = carried(bus, *records)

    assert (done, letters) == (expected, [])
    assert bus.published == events_of(records[:failing])
    assert bus.calls[-1] == tuple(events_of(records[expected : expected + AT_ONCE]))


def test_that_the_bus_failed_is_logged_with_how_many_records_wait(caplog):
    records = some_records(AT_ONCE + 3)

    carried(StubbornBus({records[-1].happened[0]: RuntimeError("not now")}), *records)

    [logged] = caplog.records
    assert logged.levelname == "ERROR"
    assert "; 3 records wait" in logged.getMessage()
    assert "not now" in caplog.text


def test_the_bus_hears_nothing_of_records_without_events():
    bus, record = StubbornBus(), Written(an_event(a_specimen()))

    nothing = carried(bus)
    quiet = carried(bus, Written(), Written())
    mixed = carried(bus, Written(), record, Written())

    assert (nothing, quiet, mixed) == ((0, []), (2, []), (3, []))
    assert bus.calls == [record.happened]


def test_a_record_that_cannot_be_read_is_a_dead_letter_and_the_others_are_carried(caplog):
    records, bus = some_records(2), StubbornBus()

    done, letters = carried(bus, records[0], Garbled(), records[1])

    assert done == 3
    assert letters == [('"noise"', "Record r1 cannot be read: all of it is noise")]
    assert bus.published == events_of(records)
    [logged] = caplog.records
    assert logged.levelname == "ERROR"
    assert "missing on the bus: Record r1 cannot be read" in logged.getMessage()


def test_records_of_which_none_can_be_read_are_done_with():
    bus = StubbornBus()

    done, letters = carried(bus, *(Garbled() for _ in range(AT_ONCE + 1)))

    assert (done, len(letters)) == (AT_ONCE + 1, AT_ONCE + 1)
    assert bus.calls == []


def test_an_event_that_can_never_be_published_takes_its_whole_record_to_the_dead_letters(caplog):
    specimen = a_specimen()
    before, fine, refused, after = (an_event(specimen.at_version(version)) for version in (0, 1, 1, 2))
    record = Written(fine, refused)
    bus = StubbornBus({refused: never(refused)})

    done, letters = carried(bus, Written(before), record, Written(after))

    assert done == 3
    assert letters == [(record.whole(), f"Happened {refused.event_id} cannot be published: {WHY}")]
    assert bus.calls[-1] == (before, after)
    assert refused not in bus.published
    assert [logged.levelname for logged in caplog.records] == ["ERROR"]
    assert "missing on the bus" in caplog.text


def test_a_repeated_event_that_can_never_be_published_takes_every_record_that_tells_it():
    event, other = an_event(a_specimen()), Written(an_event(a_specimen()))
    bus = StubbornBus({event: never(event)})

    done, letters = carried(bus, Written(event), other, Written(event))

    assert (done, len(letters)) == (3, 2)
    assert bus.published == events_of([other])


def test_a_bus_that_names_an_event_which_nobody_handed_over_is_one_that_fails(caplog):
    records, stranger = some_records(2), an_event(a_specimen())
    bus = StubbornBus({records[1].happened[0]: never(stranger)})

    done, letters = carried(bus, *records)

    assert (done, letters) == (0, [])
    assert len(bus.calls) == 1
    assert stranger.event_id in caplog.text


@pytest.mark.parametrize("make", [Garbled, Written], ids=["cannot be read", "can never be published"])
def test_dead_letters_that_fail_hold_back_what_comes_after(make, caplog):
    before, after, event = some_records(AT_ONCE), some_records(2), an_event(a_specimen())
    lost = make(event) if make is Written else make()
    bus = StubbornBus({event: never(event)})

    done = Relay(bus, FullDeadLetters()).carry([*before, lost, *after])

    assert done == AT_ONCE
    assert bus.published == events_of(before)
    assert "no room" in caplog.text


aggregate = attrgetter("aggregate_id")
writes = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=3 * AT_ONCE)


@settings(deadline=None)
@given(writes, st.data())
def test_carried_again_and_again_every_event_arrives_in_order_per_aggregate_or_is_a_dead_letter(writes, data):
    specimens = {id: a_specimen().evolve(id=id) for id in "abc"}
    records = [Written(*(an_event(specimens[id]) for _ in range(number))) for id, number in writes]
    told = events_of(records)
    some_told = st.lists(st.sampled_from(told), max_size=8) if told else st.just([])
    refused, failing = data.draw(some_told), data.draw(some_told)
    refusals = {event: never(event) for event in refused}
    bus, letters, waiting = StubbornBus(), InMemoryDeadLetters(), records

    for failures in [*({event: RuntimeError("not now")} for event in failing), {}]:
        bus.errors = {**failures, **refusals}
        waiting = waiting[Relay(bus, letters).carry(waiting) :]

    lost = [record for record in records if not refusals.keys().isdisjoint(record.happened)]
    kept = [event for record in records if record not in lost for event in record.happened]
    assert waiting == []
    assert {record for record, _ in letters.letters} == {record.whole() for record in lost}
    assert set(kept) <= set(bus.published) <= set(told) - set(refused)
    firsts = [event for event in dict.fromkeys(bus.published) if event in kept]
    assert sorted(firsts, key=aggregate) == sorted(kept, key=aggregate)


def test_nothing_is_handed_over_when_it_is_too_late(caplog):
    bus, records = StubbornBus(), some_records(3)

    with within(1, buffer=2):
        done = Relay(bus, InMemoryDeadLetters()).carry(records)

    assert (done, bus.calls) == (0, [])
    assert caplog.messages == [
        "the event bus could not be called with less than 2 s left; 3 records wait, to be carried again"
    ]


def test_when_time_runs_out_what_was_handed_over_is_done_and_the_rest_is_carried_again(monkeypatch):
    clock = count(0, 100)
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: next(clock))
    bus, records = StubbornBus(), some_records(3 * AT_ONCE)

    with within(450, buffer=50):
        done = Relay(bus, InMemoryDeadLetters()).carry(records)
    rest = Relay(bus, InMemoryDeadLetters()).carry(records[done:])

    assert 0 < done < len(records)
    assert done + rest == len(records)
    assert [event for call in bus.calls for event in call] == [event for record in records for event in record.happened]


def test_a_bus_that_does_not_answer_in_time_holds_back_what_it_was_handed(monkeypatch, caplog):
    slow = SlowBus()
    monkeypatch.setattr("usecases.kernel.deadline.wait", lambda *_: slow.has_begun.wait(PATIENCE))

    with within(1000, buffer=1):
        done = Relay(slow, InMemoryDeadLetters()).carry(some_records(2))

    slow.may_end.set()
    assert done == 0
    assert caplog.messages == ["the event bus did not answer in time; 2 records wait, to be carried again"]
