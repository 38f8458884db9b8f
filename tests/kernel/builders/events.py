"""Events for tests."""

from datetime import UTC
from datetime import datetime
from typing import Literal

from ulid import ULID

from domain.kernel.entity import Entity
from domain.kernel.events import Event
from domain.kernel.events import EventBus
from domain.kernel.events import EventFactory
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.relay import Relay


class Happened(Event):
    """Something happened."""

    type: Literal["Happened"] = "Happened"
    what: str = ""


events = EventFactory(lambda: str(ULID()), lambda: datetime(2026, 1, 31, 12, 30, tzinfo=UTC))


def an_event(about: Entity) -> Event:
    """Something that happens to `about` in its next write."""
    return events(Happened, about)


def a_relay(bus: EventBus) -> Relay:
    """A relay to `bus`."""
    return Relay(bus, InMemoryDeadLetters())
