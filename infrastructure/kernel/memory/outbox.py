"""Committed events on their way to the bus."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from pydantic_core import to_json

from domain.kernel.events import Event
from domain.kernel.events import traced
from infrastructure.kernel.events.relay import Record
from infrastructure.kernel.events.relay import Relay
from usecases.kernel.observability import current_trace


@dataclass(frozen=True, eq=False)
class Committed(Record):
    """The events of one write."""

    happened: tuple[Event, ...]

    def events(self) -> Sequence[Event]:
        return self.happened

    def whole(self) -> str:
        return to_json(self.happened).decode()


class Outbox:
    """Has committed events carried to the bus in commit order, each at least once.

    A commit whose events the bus refuses stays first in line, and is carried again at the next `drain`.
    """

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._commits: deque[Committed] = deque()
        self._draining = Lock()

    def append(self, events: tuple[Event, ...]) -> None:
        """Takes the events of one write. Called under the lock of the store, which makes the order."""
        if events:
            self._commits.append(Committed(tuple(traced(event, current_trace()) for event in events)))

    def drain(self) -> None:
        """Has all carried that there is. Never raises. One thread drains for all."""
        # Whoever appends while another thread is about to stop finds the lock free again here, so nothing is stranded.
        while self._commits and self._draining.acquire(blocking=False):
            try:
                while self._commits:
                    if not self._relay.carry((self._commits[0],)):
                        return
                    self._commits.popleft()
            finally:
                self._draining.release()
