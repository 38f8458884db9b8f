"""Sending dead letters again: in order per aggregate, each event once, and nothing before what it has to come after."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Undeliverable
from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel.dynamodb.streams.replay import Outcome
from infrastructure.kernel.dynamodb.streams.replay import Replay
from infrastructure.kernel.dynamodb.streams.replay import Told
from infrastructure.kernel.dynamodb.streams.sent import SentEvents
from infrastructure.kernel.dynamodb.streams.spool import Selection
from infrastructure.kernel.events.letters import Letter
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.events.relay import AT_ONCE
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.memory.store import InMemoryStore
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.dynamodb.dead_letters import given_up
from tests.kernel.infrastructure.dynamodb.dead_letters import in_a_batch
from tests.kernel.infrastructure.dynamodb.streams import WRITTEN
from tests.kernel.infrastructure.dynamodb.streams import refusal
from tests.kernel.infrastructure.events.buses import WHY
from tests.kernel.infrastructure.events.buses import StubbornBus
from tests.kernel.infrastructure.events.buses import never
from tests.kernel.service.domain import Specimen

EVERYTHING = Selection()


class ForgetfulStore(InMemoryStore):
    """Stores nothing."""

    def put(self, *_: Any) -> None:
        raise Unavailable("it stores nothing")


def a_store(kind: type[InMemoryStore] = InMemoryStore) -> InMemoryStore:
    return kind(Outbox(a_relay(InMemoryEventBus())))


def sent_events(store: InMemoryStore | None = None) -> SentEvents:
    """What is remembered in a store, by default a new one."""
    return SentEvents(store or a_store(), lambda: datetime(2026, 2, 1, tzinfo=UTC))


@pytest.fixture
def sent() -> SentEvents:
    return sent_events()


def replayed(
    bus: EventBus | None,
    sent: SentEvents,
    letters: Iterable[Letter],
    selection: Selection = EVERYTHING,
    **options: bool,
) -> Iterator[Told]:
    """What becomes of letters."""
    with Replay(bus, sent, selection, **options) as replay:
        yield from filter(None, replay.read(letters))
        yield from replay.send()


def outcomes(told: Iterable[Told]) -> list[tuple[str, str]]:
    """The letters, and what became of each event in them."""
    return [(each.letter, each.outcome) for each in told]


def history(specimen: Specimen, length: int) -> list[Event]:
    """Events of as many writes of an aggregate."""
    return [an_event(specimen.at_version(version)) for version in range(length)]


def test_the_events_of_an_aggregate_are_sent_in_the_order_of_the_stream_wherever_they_stand(sent):
    bus, events = StubbornBus(), history(a_specimen(), 5)
    letters = [
        in_a_batch(1000, events[3]),
        given_up(20, events[1]),
        in_a_batch(9, events[0]),
        in_a_batch(300, events[2]),
        given_up(20_000_000_000_000_000_000_000_000_000_000_000_000_000, events[4]),
    ]

    told = list(replayed(bus, sent, letters))

    assert bus.published == events
    assert [each.outcome for each in told] == [Outcome.SENT] * 5
    assert [each.event for each in told] == events


def test_the_events_of_one_write_are_sent_in_their_order(sent):
    bus, events = StubbornBus(), [an_event(a_specimen().evolve(id="one")) for _ in range(3)]

    list(replayed(bus, sent, [in_a_batch(1, *events)]))

    assert bus.published == events


def test_the_bus_is_handed_events_of_different_aggregates_as_many_at_once_as_one_request_takes(sent):
    bus, events = StubbornBus(), [an_event(a_specimen()) for _ in range(2 * AT_ONCE + 1)]
    again = an_event(a_specimen().evolve(id=events[-1].aggregate_id))

    list(replayed(bus, sent, [in_a_batch(number, event) for number, event in enumerate([*events, again])]))

    assert [len(call) for call in bus.calls] == [AT_ONCE, AT_ONCE, 1, 1]


def test_what_the_relay_gave_up_is_sent_alone_for_it_may_be_refused_again(sent):
    bus, events = StubbornBus(), [an_event(a_specimen()) for _ in range(5)]
    letters = [make(number, events[number]) for number, make in enumerate([in_a_batch, in_a_batch, given_up])]
    letters += [in_a_batch(number, events[number]) for number in (3, 4)]

    list(replayed(bus, sent, letters))

    assert bus.calls == [tuple(events[:2]), tuple(events[2:3]), tuple(events[3:])]


def test_an_event_is_sent_once_however_often_it_is_replayed(sent):
    bus, events = StubbornBus(), history(a_specimen(), 2)
    letters = [given_up(number, event) for number, event in enumerate(events)]

    list(replayed(bus, sent, letters))
    again = outcomes(replayed(bus, sent, letters))

    assert bus.published == events
    assert again == [("letter-0", Outcome.SENT_BEFORE), ("letter-1", Outcome.SENT_BEFORE)]


@pytest.mark.parametrize("force", [False, True])
def test_an_event_that_stands_in_several_letters_is_sent_once(sent, force):
    bus, event = StubbornBus(), an_event(a_specimen())

    told = outcomes(replayed(bus, sent, [given_up(1, event), in_a_batch(1, event)], is_forced=force))

    assert told == [("letter-1", Outcome.SENT)]
    assert bus.published == [event]


def test_an_event_is_sent_again_if_it_is_forced(sent):
    bus, event = StubbornBus(), an_event(a_specimen())

    list(replayed(bus, sent, [given_up(1, event)]))
    again = outcomes(replayed(bus, sent, [given_up(1, event)], is_forced=True))

    assert again == [("letter-1", Outcome.SENT)]
    assert bus.published == [event, event]


def test_an_event_that_the_bus_refuses_again_holds_back_the_later_ones_of_its_aggregate_and_no_other(sent):
    first, other = history(a_specimen(), 4), history(a_specimen(), 3)
    letters = [given_up(number, event) for number, event in enumerate([*first[:2], *other, *first[2:]])]
    bus = StubbornBus({first[1]: never(first[1])})

    told = list(replayed(bus, sent, letters))

    assert bus.published == [first[0], *other]
    assert outcomes(told)[1:2] == [("letter-1", Outcome.REFUSED)]
    assert outcomes(told)[-2:] == [("letter-5", Outcome.HELD_BACK), ("letter-6", Outcome.HELD_BACK)]
    assert [each.why for each in told if each.why] == [f"Happened {first[1].event_id} cannot be published: {WHY}"]


def test_when_the_bus_takes_what_it_refused_the_rest_follows_in_order(sent):
    events = history(a_specimen(), 3)
    letters = [given_up(number, event) for number, event in enumerate(events)]
    bus = StubbornBus({events[1]: never(events[1])})

    list(replayed(bus, sent, letters))
    bus.errors = {}
    list(replayed(bus, sent, letters))

    assert bus.published == events


def test_an_event_of_a_batch_that_the_bus_refuses_does_not_keep_the_others_from_it(sent):
    events = [an_event(a_specimen()) for _ in range(4)]
    bus = StubbornBus({events[2]: never(events[2])})

    told = outcomes(replayed(bus, sent, [in_a_batch(number, event) for number, event in enumerate(events)]))

    assert set(bus.published) == {*events[:2], events[3]}
    assert [letter for letter, outcome in told if outcome is Outcome.REFUSED] == ["batch#2"]
    assert len(told) == 4


def test_a_bus_that_refuses_an_event_that_nobody_handed_over_is_one_that_fails(sent):
    event = an_event(a_specimen())
    bus = StubbornBus({event: never(an_event(a_specimen()))})

    with pytest.raises(Undeliverable):
        list(replayed(bus, sent, [given_up(1, event)]))


def test_a_bus_that_fails_ends_it_and_the_next_replay_goes_on_from_there(sent):
    events = history(a_specimen(), 3)
    letters = [in_a_batch(number, event) for number, event in enumerate(events)]
    bus = StubbornBus({events[1]: RuntimeError("not now")})

    with pytest.raises(RuntimeError, match="not now"):
        list(replayed(bus, sent, letters))
    bus.errors = {}
    again = outcomes(replayed(bus, sent, letters))

    assert bus.published == events
    assert [outcome for _, outcome in again] == [Outcome.SENT_BEFORE, Outcome.SENT, Outcome.SENT]


class Killed(BaseException):
    """The end of the process."""


class DeadlyBus(StubbornBus):
    """Takes one request, and the process does not live to hear of it."""

    def publish(self, *events: Event) -> None:
        super().publish(*events)
        if len(self.calls) == 2:
            raise Killed


def test_a_replay_that_is_killed_is_continued_and_only_its_last_request_is_sent_again(sent):
    bus, events = DeadlyBus(), [an_event(a_specimen()) for _ in range(3 * AT_ONCE)]
    letters = [in_a_batch(number, event) for number, event in enumerate(events)]

    with pytest.raises(Killed):
        list(replayed(bus, sent, letters))
    list(replayed(bus, sent, letters))

    assert bus.published == [*events[: 2 * AT_ONCE], *events[AT_ONCE:]]


def test_two_replays_at_once_send_everything_in_order_and_nothing_more_than_twice(sent):
    bus, events = StubbornBus(), history(a_specimen(), 5)
    letters = [given_up(number, event) for number, event in enumerate(events)]

    both = [replayed(bus, sent, letters) for _ in range(2)]
    while both:
        both = [one for one in both if next(one, None) is not None]

    assert list(dict.fromkeys(bus.published)) == events
    assert max(map(bus.published.count, events)) <= 2


@pytest.mark.parametrize(
    ("code", "error"), [("AccessDeniedException", Misconfigured), ("ThrottlingException", Unavailable)]
)
def test_a_bus_of_aws_that_fails_is_an_error_of_ours(sent, code, error):
    event = an_event(a_specimen())

    with pytest.raises(error, match=code):
        list(replayed(StubbornBus({event: refusal(code)}), sent, [given_up(1, event)]))


def test_what_could_not_be_remembered_is_sent_again():
    store, bus, event = a_store(ForgetfulStore), StubbornBus(), an_event(a_specimen())

    for _ in range(2):
        with pytest.raises(Unavailable):
            list(replayed(bus, sent_events(store), [given_up(1, event)]))

    assert bus.published == [event, event]


def test_a_letter_that_cannot_be_read_is_named_and_holds_back_the_later_ones_of_its_aggregate(sent):
    bus, events, other = StubbornBus(), history(a_specimen(), 3), an_event(a_specimen())
    letters = [
        given_up(1, events[0]),
        given_up(2, events[1], NewImage=None),
        given_up(3, events[2]),
        given_up(4, other),
    ]

    told = list(replayed(bus, sent, letters))

    assert bus.published == [events[0], other]
    assert outcomes(told)[1:3] == [("letter-2", Outcome.UNREADABLE), ("letter-3", Outcome.HELD_BACK)]
    assert "NewImage: is missing" in told[1].why


def test_a_letter_whose_place_is_unknown_holds_back_all_of_its_aggregate(sent):
    bus, events = StubbornBus(), history(a_specimen(), 2)
    letters = [given_up(1, events[0]), given_up(2, events[1], SequenceNumber=None)]

    told = list(replayed(bus, sent, letters))

    assert bus.published == []
    assert outcomes(told) == [("letter-2", Outcome.UNREADABLE), ("letter-1", Outcome.HELD_BACK)]
    assert "SequenceNumber: must be a text" in told[0].why


@pytest.mark.parametrize("number", ["abc", "\ud800", "-1", "٣", "1" * 65], ids=ascii)
def test_a_letter_whose_place_is_no_number_holds_back_all_of_its_aggregate(sent, number):
    bus, events, other = StubbornBus(), history(a_specimen(), 2), an_event(a_specimen())
    letters = [given_up(1, events[0]), given_up(2, events[1], SequenceNumber=number), given_up(3, other)]

    told = list(replayed(bus, sent, letters))

    assert bus.published == [other]
    assert outcomes(told)[:2] == [("letter-2", Outcome.UNREADABLE), ("letter-1", Outcome.HELD_BACK)]
    assert told[0].why == "dynamodb.SequenceNumber: must be digits"


def test_a_key_that_is_no_unicode_keeps_nothing_from_the_bus(sent):
    bus, event, other = StubbornBus(), an_event(a_specimen()), an_event(a_specimen())
    damaged = given_up(1, event, Keys={"pk": {"S": "SPECIMEN#\ud800"}, "sk": {"S": "#"}})

    list(replayed(bus, sent, [damaged, given_up(2, other)]))

    assert bus.published == [event, other]


@pytest.mark.parametrize("record", [None, 5, [], {}, {"dynamodb": 1}], ids=repr)
def test_what_is_no_record_is_named_and_holds_back_nothing(sent, record):
    bus, event = StubbornBus(), an_event(a_specimen())

    told = outcomes(replayed(bus, sent, [Letter("odd", record, "some reason"), given_up(1, event)]))

    assert told == [("odd", Outcome.UNREADABLE), ("letter-1", Outcome.SENT)]


def test_what_has_a_problem_is_named_with_it(sent):
    told = list(replayed(StubbornBus(), sent, [Letter("cut", problem="is cut off")]))

    assert told == [Told(Outcome.UNREADABLE, "cut", None, "is cut off")]


def test_a_record_without_events_is_passed_over(sent):
    bus, event = StubbornBus(), an_event(a_specimen())
    quiet = in_a_batch(1, event, NewImage={})

    assert outcomes(replayed(bus, sent, [quiet])) == []
    assert bus.calls == []


def test_without_a_bus_all_is_told_and_nothing_is_remembered(sent):
    events = history(a_specimen(), 2)
    letters = [given_up(number, event) for number, event in enumerate(events)]

    dry, bus = list(replayed(None, sent, letters)), StubbornBus()
    wet = list(replayed(bus, sent, letters))

    assert dry == wet
    assert bus.published == events


YOUNG, OLD = WRITTEN, WRITTEN - timedelta(days=2)
SPECIMENS = [a_specimen().evolve(id="one"), a_specimen().evolve(id="two")]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), [0, 1, 2]),
        (Selection(aggregates=["one"]), [0, 2]),
        (Selection(aggregates=["one", "two"]), [0, 1, 2]),
        (Selection(aggregates=["other"]), []),
        (Selection(types=["Happened"]), [0, 1, 2]),
        (Selection(types=["CrateCreated"]), []),
        (Selection(since=WRITTEN), [1, 2]),
        (Selection(aggregates=["two"], since=WRITTEN), [1]),
    ],
    ids=str,
)
def test_only_what_is_meant_is_sent(sent, selection, expected):
    bus = StubbornBus()
    events = [an_event(specimen) for specimen in (*SPECIMENS, SPECIMENS[0].at_version(1))]
    letters = [
        given_up(number, event, at=at)
        for number, (event, at) in enumerate(zip(events, [OLD, YOUNG, YOUNG], strict=True))
    ]

    list(replayed(bus, sent, letters, selection))

    assert bus.published == [events[number] for number in expected]


def test_a_letter_that_does_not_tell_its_time_is_meant_whatever_the_time(sent):
    bus, event = StubbornBus(), an_event(a_specimen())
    letter = given_up(1, event, ApproximateCreationDateTime=None)

    list(replayed(bus, sent, [letter], Selection(since=WRITTEN + timedelta(days=999))))

    assert bus.published == [event]


writes = st.lists(st.sampled_from("abc"), min_size=1, max_size=2 * AT_ONCE)
aggregate = attrgetter("aggregate_id")
MAKERS: list[Callable[..., Letter]] = [given_up, in_a_batch]


@settings(deadline=None)
@given(writes, st.data())
def test_replayed_again_and_again_every_event_arrives_and_none_before_an_earlier_one_of_its_aggregate(writes, data):
    specimens = {id: a_specimen().evolve(id=id) for id in "abc"}
    events = [an_event(specimens[id]) for id in writes]
    pairs = [make(number, event) for number, event in enumerate(events) for make in MAKERS]
    some = st.lists(st.sampled_from(events), max_size=4)
    bus, sent = StubbornBus(), sent_events()
    refused: dict[Event, Exception] = {event: never(event) for event in data.draw(some)}
    failing: dict[Event, Exception] = {event: OSError() for event in data.draw(some)}

    for errors in (refused, failing, {}):
        bus.errors = errors
        try:
            list(replayed(bus, sent, data.draw(st.permutations(pairs))))
        except OSError:
            assert errors

    firsts = list(dict.fromkeys(bus.published))
    assert sorted(firsts, key=aggregate) == sorted(events, key=aggregate)


@settings(deadline=None)
@given(writes, st.data())
def test_what_the_relay_gave_up_arrives_once_whatever_the_bus_refuses(writes, data):
    specimens = {id: a_specimen().evolve(id=id) for id in "abc"}
    events = [an_event(specimens[id]) for id in writes]
    letters = [given_up(number, event) for number, event in enumerate(events)]
    refused = data.draw(st.lists(st.sampled_from(events), max_size=4))
    bus, sent = StubbornBus({event: never(event) for event in refused}), sent_events()

    list(replayed(bus, sent, letters))
    bus.errors = {}
    list(replayed(bus, sent, letters))

    arrived = {id: [event for event in bus.published if event.aggregate_id == id] for id in specimens}
    assert arrived == {id: [event for event in events if event.aggregate_id == id] for id in specimens}
