"""Domain events: what they are, how they are made, where they go."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any
from typing import TypeVar

from pydantic import Field

from domain.entity import Entity
from domain.text import Id
from domain.value import Value


class Event(Value):
    """Something that happened to an aggregate. A subclass narrows `type` to its own name and adds what happened."""

    event_id: Id
    occurred_at: datetime
    type: str
    aggregate_id: Id
    version: int = Field(ge=1, description="The version of the aggregate that the event's write produced.")


EventT = TypeVar("EventT", bound=Event)


class EventFactory:
    """Makes events, so that ids and time come from one place and can be fixed in a test."""

    def __init__(self, new_id: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._new_id = new_id
        self._now = now

    def __call__(self, kind: type[EventT], about: Entity, **happened: Any) -> EventT:
        """The event of the next write of `about`."""
        return kind(
            event_id=self._new_id(),
            occurred_at=self._now(),
            aggregate_id=about.id,
            version=about.version + 1,
            **happened,
        )


class EventBus(ABC):
    """Where committed events go.

    Each arrives at least once and in order per aggregate; a repeat has the same `event_id`.
    """

    @abstractmethod
    def publish(self, *events: Event) -> None:
        """Hands over all of `events`, in order. If it raises, all of them will be handed over again."""
