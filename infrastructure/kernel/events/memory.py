"""The bus that keeps events, for tests."""

from domain.kernel.events import Event
from domain.kernel.events import EventBus


class InMemoryEventBus(EventBus):
    """Keeps every event it was handed, in order, in `published`."""

    def __init__(self) -> None:
        self.published: list[Event] = []

    def publish(self, *events: Event) -> None:
        self.published.extend(events)
