"""Events on their way to the bus: none lost, none out of order, whatever the bus does."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.kernel.events import Event
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.memory.outbox import Outbox
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.repositories import InMemoryPersistence

THREADS = 8
EVENTS = 100
DEADLINE_SECONDS = 60


class WatchedBus(InMemoryEventBus):
    """Keeps every event, after `before` has seen it and perhaps refused it."""

    def __init__(self, before: Callable[[Event], None]) -> None:
        super().__init__()
        self._before = before

    def publish(self, *events: Event) -> None:
        for event in events:
            self._before(event)
        super().publish(*events)


class Moody:
    """Refuses whatever is in `refused`."""

    def __init__(self, *refused: Event) -> None:
        self.refused = set(refused)

    def __call__(self, event: Event) -> None:
        if event in self.refused:
            raise RuntimeError("not now")


@pytest.fixture
def happened() -> list[Event]:
    return [an_event(a_specimen()) for _ in range(4)]


def test_events_arrive_in_the_order_of_their_commits(happened):
    bus = InMemoryEventBus()
    outbox = Outbox(a_relay(bus))

    outbox.append((happened[0],))
    outbox.append(tuple(happened[1:3]))
    outbox.drain()
    outbox.append((happened[3],))
    outbox.drain()
    outbox.drain()

    assert bus.published == happened


def test_an_event_that_is_refused_holds_those_behind_it_until_a_later_drain(happened, caplog):
    mood = Moody(happened[1])
    bus = WatchedBus(mood)
    outbox = Outbox(a_relay(bus))
    for event in happened[:3]:
        outbox.append((event,))

    outbox.drain()
    held = list(bus.published)
    outbox.append((happened[3],))
    outbox.drain()
    held_still = list(bus.published)
    mood.refused.clear()
    outbox.drain()

    assert held == held_still == happened[:1]
    assert bus.published == happened
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "not now" in caplog.text


def test_a_write_succeeds_whatever_the_bus_does_and_its_events_arrive_with_the_next():
    crate = a_crate()
    created, changed = an_event(crate), an_event(crate.at_version(1))
    mood = Moody(created)
    bus = WatchedBus(mood)
    persistence = InMemoryPersistence(a_relay(bus))

    stored = persistence.crates.add(crate, created)
    after_the_first = list(bus.published)
    mood.refused.clear()
    persistence.crates.save(renamed(stored), changed)

    assert stored.version == 1
    assert after_the_first == []
    assert bus.published == [created, changed]


def test_what_the_bus_refused_is_handed_over_again_when_the_adapter_is_closed():
    crate = a_crate()
    created = an_event(crate)
    mood = Moody(created)
    bus = WatchedBus(mood)
    persistence = InMemoryPersistence(a_relay(bus))
    persistence.crates.add(crate, created)

    mood.refused.clear()
    persistence.close()

    assert bus.published == [created]


def test_a_drain_during_a_drain_leaves_its_events_to_the_one_under_way(happened):
    publishing, may_go_on = threading.Event(), threading.Event()

    def wait_at_the_first(event: Event) -> None:
        if event is happened[0]:
            publishing.set()
            assert may_go_on.wait(DEADLINE_SECONDS)

    bus = WatchedBus(wait_at_the_first)
    outbox = Outbox(a_relay(bus))
    outbox.append(tuple(happened[:2]))

    with ThreadPoolExecutor(1) as other:
        draining = other.submit(outbox.drain)
        assert publishing.wait(DEADLINE_SECONDS)
        outbox.append(tuple(happened[2:]))
        outbox.drain()
        meanwhile = list(bus.published)
        may_go_on.set()
        draining.result(DEADLINE_SECONDS)

    assert meanwhile == []
    assert bus.published == happened


def test_drains_by_several_threads_publish_every_event_once_in_order():
    bus, committing, committed = InMemoryEventBus(), threading.Lock(), []
    outbox = Outbox(a_relay(bus))

    def commit_often(_: int) -> None:
        for _ in range(EVENTS):
            event = an_event(a_specimen())
            with committing:
                outbox.append((event,))
                committed.append(event)
            outbox.drain()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(commit_often, range(THREADS)))

    assert bus.published == committed
    assert len(committed) == THREADS * EVENTS


def test_a_consumer_may_write_while_it_is_told_and_its_events_arrive_after():
    first, second = a_crate("First"), a_crate("Second")
    created, followed = an_event(first), an_event(second)

    def follow(event: Event) -> None:
        if event is created:
            persistence.crates.add(second, followed)

    bus = WatchedBus(follow)
    persistence = InMemoryPersistence(a_relay(bus))

    persistence.crates.add(first, created)

    assert bus.published == [created, followed]
    assert persistence.crates.get(second.id).version == 1


def test_when_the_bus_is_told_what_it_is_told_of_can_be_read():
    crate, seen = a_crate(), []
    bus = WatchedBus(lambda event: seen.append(persistence.crates.get(event.aggregate_id)))
    persistence = InMemoryPersistence(a_relay(bus))

    stored = persistence.crates.add(crate, an_event(crate))

    assert seen == [stored]
