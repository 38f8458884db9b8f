"""Carrying committed events to the bus: the one piece of logic, whatever they come out of."""

import logging
from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import ExitStack
from contextvars import copy_context
from itertools import chain
from typing import Any

from domain.kernel.errors import Undeliverable
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.events import EventBus
from domain.kernel.events import trace_of
from infrastructure.kernel.events.dead_letters import DeadLetters
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import bounded
from usecases.kernel.observability import count
from usecases.kernel.observability import in_trace
from usecases.kernel.observability import observers
from usecases.kernel.observability import watched

logger = logging.getLogger(__name__)

AT_ONCE = 10
"""How many records the bus is handed at once, and so how many are repeated at most when it fails: as many as one
PutEvents takes, https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html."""


class Record(ABC):
    """What was committed in one write of one aggregate, as it comes out of a store."""

    @abstractmethod
    def events(self) -> Sequence[Event]:
        """The events of the write, in their order.

        Raises:
            Unreadable: they are no events of this release.
        """

    @abstractmethod
    def whole(self) -> str:
        """All there is to the record, as JSON."""


class Relay:
    """Hands committed events to the bus: each at least once, those of one aggregate in order.

    A bus that fails holds back what comes after. What can never be published goes to `dead_letters`, as a whole record,
    and is held back by nothing, nor does it hold back anything.
    """

    def __init__(self, bus: EventBus, dead_letters: DeadLetters) -> None:
        self._bus = bus
        self._dead_letters = dead_letters

    def carry(self, records: Sequence[Record]) -> int:
        """Hands over the events of `records`, and says how many of these, from the first on, are done with.

        Never raises: when the bus or `dead_letters` fails, or time runs out, that is logged, and what is left has to be
        carried again.
        """
        for done in range(0, len(records), AT_ONCE):
            try:
                with watched("relay", "batch"):
                    bounded(self._hand_over, records[done : done + AT_ONCE])
            except OutOfTime as exc:
                logger.warning("the event bus %s; %d records wait, to be carried again", exc, len(records) - done)
                return done
            except Exception:
                logger.exception("the event bus failed; %d records wait, to be carried again", len(records) - done)
                return done
        return len(records)

    def _hand_over(self, records: Sequence[Record]) -> None:
        events = {record: read for record in records if (read := self._read(record))}
        while events:
            try:
                self._publish(list(chain.from_iterable(events.values())))
            except Undeliverable as exc:
                refused = [record for record, told in events.items() if exc.id in {event.event_id for event in told}]
                if not refused:
                    raise
                for record in refused:
                    self._give_up(record, exc)
                    del events[record]
            else:
                return

    def _publish(self, events: Sequence[Event]) -> None:
        if not observers():
            self._bus.publish(*events)
            return
        with ExitStack() as publishing:
            for event in events:
                publishing.push(_begun(event))
            self._bus.publish(*events)
        count("EventsPublished", len(events))

    def _read(self, record: Record) -> Sequence[Event]:
        try:
            return record.events()
        except Unreadable as exc:
            self._give_up(record, exc)
            return ()

    def _give_up(self, record: Record, reason: Unreadable | Undeliverable) -> None:
        self._dead_letters.put(record.whole(), str(reason))
        count("DeadLetters")
        logger.error("a record is among the dead letters, and its events are missing on the bus: %s", reason)


def _begun(event: Event) -> Callable[..., Any]:
    """What ends the publishing of `event`, which begins now, in a context of its own: no event is part of another one."""
    trace = trace_of(event)
    parent, request_id = (None, None) if trace is None else (trace.traceparent, trace.request_id)
    publishing = in_trace("publish", event.type, traceparent=parent, request_id=request_id)
    context = copy_context()
    context.run(publishing.__enter__)
    return lambda *raised: context.run(publishing.__exit__, *raised)
