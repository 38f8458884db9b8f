"""What follows from an event follows once, on every adapter, however often the event arrives."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.events import HandledEvent
from domain.kernel.unit_of_work import UnitOfWork
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import events
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateCreated
from usecases.kernel.conflicts import MAX_ATTEMPTS
from usecases.kernel.consumers import Consumer

TALLY = "tally"
TIMES = 4


class Count(Consumer):
    """Counts events in the version of an entity: a place where all of them meet."""

    name = "count"
    handles = (CrateCreated,)

    def __init__(self, container: Container, before: Callable[[UnitOfWork], object] = lambda _: None) -> None:
        super().__init__(container.unit_of_work, container.now)
        self._before = before

    def apply(self, event: Event, work: UnitOfWork) -> None:
        crates = work.of(Crate)
        try:
            tally = crates.get(TALLY)
        except NotFound:
            self._before(work)
            crates.add(Crate(id=TALLY, name="Tally"))
        else:
            self._before(work)
            crates.save(tally)


def a_creation() -> Event:
    return events(CrateCreated, a_crate(), name="Northern Rail")


def counted(container: Container) -> int:
    return container.crates().get(TALLY, consistent=True).version


def test_an_event_that_arrives_again_changes_nothing(container):
    first, second = a_creation(), a_creation()

    for event in (first, first, second, first, second):
        Count(container).execute(event)

    assert counted(container) == 2


def test_an_event_that_arrives_in_several_threads_at_once_is_handled_once(container):
    event, together = a_creation(), Barrier(TIMES)

    def handle(_: int) -> None:
        waiting = [True]
        Count(container, lambda _: waiting and waiting.pop() and together.wait()).execute(event)

    with ThreadPoolExecutor(TIMES) as threads:
        list(threads.map(handle, range(TIMES)))

    assert counted(container) == 1


def test_events_that_meet_are_all_counted(container):
    together = Barrier(TIMES)

    def handle(event: Event) -> None:
        waiting = [True]
        Count(container, lambda _: waiting and waiting.pop() and together.wait()).execute(event)

    with ThreadPoolExecutor(TIMES) as threads:
        list(threads.map(handle, [a_creation() for _ in range(TIMES)]))

    assert counted(container) == TIMES


def test_when_nothing_could_follow_the_event_is_not_taken_for_handled(container):
    event = a_creation()

    def fail(_: UnitOfWork) -> None:
        raise Unavailable("not now")

    with pytest.raises(Unavailable):
        Count(container, fail).execute(event)
    Count(container).execute(event)

    assert counted(container) == 1


def test_who_is_never_fast_enough_gives_up_and_has_changed_nothing(container, monkeypatch):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    event = a_creation()
    Count(container).execute(a_creation())
    attempts = []

    def be_overtaken(_: UnitOfWork) -> None:
        attempts.append(container.crates().save(container.crates().get(TALLY, consistent=True)))

    with pytest.raises(TransactionFailed):
        Count(container, be_overtaken).execute(event)

    assert len(attempts) == MAX_ATTEMPTS
    with pytest.raises(NotFound), container.unit_of_work() as work:
        work.of(HandledEvent).get(f"count-{event.event_id}")


def test_consumers_of_different_names_handle_the_same_event_each(container):
    class CountAgain(Count):
        name = "count-again"

    event = a_creation()

    for consumer in (Count, CountAgain, Count, CountAgain):
        consumer(container).execute(event)

    assert counted(container) == 2
