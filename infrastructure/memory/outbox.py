"""Committed events on their way to the bus."""

import logging
from collections import deque
from threading import Lock

from domain.events import Event
from domain.events import EventBus

logger = logging.getLogger(__name__)


class Outbox:
    """Hands committed events to the bus in commit order, each at least once.

    An event that the bus refuses stays first in line, and is handed over again at the next `drain`.
    """

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._events: deque[Event] = deque()
        self._draining = Lock()

    def append(self, events: tuple[Event, ...]) -> None:
        """Takes the events of one commit. Called under the lock of the store, which makes the order."""
        self._events.extend(events)

    def drain(self) -> None:
        """Publishes what there is. Never raises: a failing bus is logged. One thread drains for all."""
        # Whoever appends while another thread is about to stop finds the lock free again here, so nothing is stranded.
        while self._events and self._draining.acquire(blocking=False):
            try:
                while self._events:
                    self._bus.publish(self._events[0])
                    self._events.popleft()
            except Exception:
                logger.exception("the event bus failed; %d events wait for the next drain", len(self._events))
                return
            finally:
                self._draining.release()
