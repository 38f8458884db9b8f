"""Handling events, each once, though a bus delivers them at least once."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar

from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.events import Event
from domain.kernel.events import HandledEvent
from domain.kernel.text import MAX_ID
from domain.kernel.unit_of_work import UnitOfWork
from usecases.kernel.conflicts import attempts

REMEMBERED = timedelta(days=14)
"""How long a repeat is recognised: as long as SQS keeps a message at most, which is longer than EventBridge tries,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html."""


class Consumer(ABC):
    """Brings about what follows from an event: all of it once, however often the event arrives.

        class WelcomeMembers(Consumer):
            name = "welcome"
            handles = (MemberJoined,)

            def apply(self, event: Event, work: UnitOfWork) -> None:
                work.of(Letter).add(Letter(id=event.event_id, to=event.aggregate_id))

    That an event has been handled is remembered in the same commit as what follows from it. What follows outside of
    the store, such as a mail, is not covered by that.
    """

    name: ClassVar[str]
    """Tells its events from those of other consumers: at most 30 of `a-z -`, never changed."""
    handles: ClassVar[tuple[type[Event], ...]]
    """The events that it is interested in."""
    source: ClassVar[str | None] = None
    """The service whose events these are; by default this one. Others may have events of the same type, or the same id."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], now: Callable[[], datetime]) -> None:
        self._unit_of_work = unit_of_work
        self._now = now

    @abstractmethod
    def apply(self, event: Event, work: UnitOfWork) -> None:
        """Adds to `work` what follows from `event`. May be called again, with another unit of work."""

    def execute(self, request: Event) -> None:
        """Handles an event, unless it has been handled before.

        Raises:
            TransactionFailed: others were faster, 15 times or until it was too late. Nothing was changed.
        """
        _until_alone(self._handle, request)

    def _remembered_as(self, event_id: str) -> str:
        id = f"{self.name}-{event_id}"
        return id if len(id) <= MAX_ID else f"{self.name}-{sha256(event_id.encode()).hexdigest()[:32]}"

    def _handle(self, event: Event) -> None:
        id = self._remembered_as(event.event_id)
        with self._unit_of_work() as work:
            handled = work.of(HandledEvent)
            try:
                handled.get(id)
            except NotFound:
                handled.add(HandledEvent(id=id, until=self._now() + REMEMBERED))
                self.apply(event, work)
                work.commit()


# Whoever was faster may have handled the same event, which the next attempt finds out, or another one.
_until_alone = attempts(lambda error: isinstance(error, TransactionFailed))
