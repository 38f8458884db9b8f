"""Which events of dead letters were sent."""

from collections.abc import Callable
from collections.abc import Iterable
from datetime import datetime
from datetime import timedelta
from hashlib import sha256

from domain.kernel.events import Event
from domain.kernel.events import HandledEvent
from infrastructure.kernel.repository import StoredRepository
from infrastructure.kernel.store import Store

REMEMBERED = timedelta(days=365)
"""How long it is known that an event was sent."""


class SentEvents:
    """Remembers which events were sent. It does so in the store, like a consumer, so that every machine knows."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._handled = _HandledEvents(store)
        self._now = now

    def known(self, events: Iterable[Event]) -> set[str]:
        """The ids of those of `events` that were sent."""
        ids = {_remembered_as(event.event_id): event.event_id for event in events}
        if not ids:
            return set()
        read = self._store.in_time().read(HandledEvent, list(ids), consistent=True)
        return {ids[id] for id in read.found}

    def remember(self, events: Iterable[Event]) -> None:
        """Remembers that `events` were sent."""
        until = self._now() + REMEMBERED
        self._handled.put_many(HandledEvent(id=_remembered_as(event.event_id), until=until) for event in events)


class _HandledEvents(StoredRepository[HandledEvent, Store]):
    kind = HandledEvent


def _remembered_as(event_id: str) -> str:
    """The id under which an event is remembered. No consumer has it: their names begin with a letter."""
    return f"_replayed-{sha256(event_id.encode()).hexdigest()[:32]}"
