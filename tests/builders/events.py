"""Events for tests."""

from datetime import UTC
from datetime import datetime

from ulid import ULID

from domain.entity import Entity
from domain.events import Event
from domain.events import EventFactory

events = EventFactory(lambda: str(ULID()), lambda: datetime(2026, 1, 31, 12, 30, tzinfo=UTC))


def an_event(about: Entity) -> Event:
    """Something that happens to `about` in its next write."""
    return events(Event, about, type="Happened")
