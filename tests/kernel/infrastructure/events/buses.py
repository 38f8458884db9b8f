"""Buses that refuse what they are told to."""

from collections.abc import Mapping

from domain.kernel.errors import Undeliverable
from domain.kernel.events import Event
from infrastructure.kernel.events.memory import InMemoryEventBus

WHY = "the bus has no such colour"


class StubbornBus(InMemoryEventBus):
    """Takes events one by one, up to the first that it has an error for."""

    def __init__(self, errors: Mapping[Event, Exception] | None = None) -> None:
        super().__init__()
        self.errors = dict(errors or {})
        self.calls: list[tuple[Event, ...]] = []

    def publish(self, *events: Event) -> None:
        self.calls.append(events)
        for event in events:
            if event in self.errors:
                raise self.errors[event]
            self.published.append(event)


def never(event: Event) -> Undeliverable:
    """The error of a bus that can never take `event`."""
    return Undeliverable(event.type, event.event_id, WHY)
