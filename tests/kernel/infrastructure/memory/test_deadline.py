"""A listing in memory ends at the deadline, too: it is read under the lock that everybody waits for."""

import threading
from dataclasses import dataclass

import pytest

from domain.kernel.errors import Unavailable
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Query
from domain.kernel.repository import Everything
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.memory.store import ROWS_BETWEEN_LOOKS
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import a_relay
from tests.kernel.service.repositories import InMemoryCrateRepository
from tests.kernel.service.repositories import InMemoryPersistence
from usecases.kernel import deadline
from usecases.kernel.deadline import within

LONG, SHORT = 600, 0.05
PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""


class Clock:
    """A clock that stands still, unless it is told otherwise."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.rows = 0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Slow(Query):
    """A query that takes a second a row to find nothing."""

    clock: Clock | None = None

    def matches(self, position: str) -> bool:
        assert self.clock is not None
        self.clock.seconds += 1
        self.clock.rows += 1
        return False


@pytest.fixture
def crates() -> InMemoryCrateRepository:
    crates = InMemoryCrateRepository(InMemoryPersistence(a_relay(InMemoryEventBus())).store)
    crates.put_many(a_crate(f"Crate {number}") for number in range(2 * ROWS_BETWEEN_LOOKS))
    return crates


def test_a_listing_that_cannot_be_read_in_time_is_given_up(crates, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(deadline, "monotonic", clock)

    with within(LONG, buffer=1), pytest.raises(Unavailable, match="could not be called with less than"):
        crates.page(Slow(BY_TEXT, clock=clock), limit=10)

    assert clock.rows == ROWS_BETWEEN_LOOKS


def test_a_listing_that_had_to_wait_for_too_long_is_not_begun(crates):
    with (
        within(LONG, buffer=LONG + 1),
        pytest.raises(Unavailable, match="could not be called with less than") as raised,
    ):
        crates.page(Everything(), limit=10)

    assert raised.value.retryable


def test_whoever_holds_the_store_for_too_long_is_not_waited_for(crates, monkeypatch):
    monkeypatch.setattr(deadline, "monotonic", Clock())
    busy, done = threading.Event(), threading.Event()

    def hold() -> None:
        with crates._store.turn():
            busy.set()
            done.wait(PATIENCE)

    holding = threading.Thread(target=hold)
    holding.start()
    assert busy.wait(PATIENCE)

    with within(SHORT, buffer=SHORT / 2), pytest.raises(Unavailable, match="did not answer in time") as raised:
        crates.add(a_crate())
    done.set()
    holding.join()

    assert raised.value.retryable


def test_without_a_deadline_a_listing_is_read_to_its_end(crates):
    clock = Clock()

    assert crates.page(Slow(BY_TEXT, clock=clock), limit=10).items == ()
    assert clock.rows == 2 * ROWS_BETWEEN_LOOKS
