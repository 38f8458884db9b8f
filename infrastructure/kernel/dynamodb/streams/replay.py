"""Sending the events of dead letters to the bus: those of one aggregate in the order of the stream, each once."""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from enum import StrEnum
from itertools import chain
from itertools import islice
from typing import NamedTuple
from typing import Self

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError

from domain.kernel.errors import Undeliverable
from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel.aws import unusable
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.dynamodb.streams.sent import SentEvents
from infrastructure.kernel.dynamodb.streams.spool import Reading
from infrastructure.kernel.dynamodb.streams.spool import Selection
from infrastructure.kernel.dynamodb.streams.spool import Spool
from infrastructure.kernel.dynamodb.streams.spool import Spooled
from infrastructure.kernel.dynamodb.streams.spool import item_of
from infrastructure.kernel.events.letters import Letter
from infrastructure.kernel.events.relay import AT_ONCE

_NUMBER = re.compile(r"[0-9]{1,64}")
"""A sequence number; AWS has up to 40 digits."""
LOOKED_UP = 100
"""How many records are looked up at once: about as many ids as one BatchGetItem takes."""


class Outcome(StrEnum):
    """What became of an event, or of a letter that holds none."""

    SENT = "sent"
    SENT_BEFORE = "sent before"
    REFUSED = "refused"
    """The bus can never take it."""
    UNREADABLE = "unreadable"
    HELD_BACK = "held back"
    """An event of the same aggregate that comes before it was refused, or cannot be read."""


class Told(NamedTuple):
    """What became of an event of a letter; without an event, of the letter. `why` says more, where there is more."""

    outcome: Outcome
    letter: str
    event: Event | None = None
    why: str = ""


class _Entry(NamedTuple):
    """An event on its way to the bus."""

    letter: str
    item: str
    event: Event


class Replay:
    """Sends the events of letters that are meant, first `read`, then `send`.

    An event that the bus refuses, or a letter that cannot be read, holds back the later events of its aggregate.
    It is a context manager, which deletes what was read.
    """

    def __init__(
        self, bus: EventBus | None, sent: SentEvents, selection: Selection, *, is_forced: bool = False
    ) -> None:
        """
        Args:
            bus: without one, nothing is sent or remembered, and all else is the same.
            is_forced: whether events are sent that were sent before.
        """
        self._bus = bus
        self._sent = sent
        self._selection = selection
        self._is_forced = is_forced
        self._held: set[str] = set()
        self._spool = Spool()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def read(self, letters: Iterable[Letter]) -> Iterator[Told | None]:
        """Reads all letters. Yields once for each: what is wrong with it, or None."""
        for letter in letters:
            record = StreamRecord(letter.record, letter.place)
            if letter.problem:
                yield Told(Outcome.UNREADABLE, letter.name, why=letter.problem)
            elif not self._selection.includes(record):
                yield None
            elif not _NUMBER.fullmatch(record.sequence_number):
                self._held.add(item_of(record))
                why = self._selection.told_by(record).problem or "dynamodb.SequenceNumber: must be digits"
                yield Told(Outcome.UNREADABLE, letter.name, why=why)
            else:
                self._spool.put(letter, record)
                yield None

    def send(self) -> Iterator[Told]:
        """Sends what was read. Yields what became of each event, and of each letter that cannot be read.

        If the bus fails, this raises what the bus raised. All that was told of is remembered by then.

        Raises:
            Unavailable: the store does not answer.
            PartialFailure: the store did not remember all that was sent.
        """
        records = iter(self._spool)
        while group := list(islice(records, LOOKED_UP)):
            yield from self._send_group([(spooled, self._selection.told_by(spooled.record)) for spooled in group])

    def _send_group(self, group: Sequence[tuple[Spooled, Reading]]) -> Iterator[Told]:
        events = chain.from_iterable(reading.events for _, reading in group)
        known = set() if self._is_forced else self._sent.known(events)
        waiting: dict[str, _Entry] = {}
        for spooled, reading in group:
            item = item_of(spooled.record)
            if reading.problem:
                self._held.add(item)
                yield Told(Outcome.UNREADABLE, spooled.letter, why=reading.problem)
            for event in reading.events:
                if event.event_id in known:
                    yield Told(Outcome.SENT_BEFORE, spooled.letter, event)
                    continue
                # The relay gave up what is not of a batch, so the bus may refuse it again, and what goes with it.
                if item in waiting or not spooled.is_of_batch:
                    yield from self._send(waiting)
                if item in self._held:
                    yield Told(Outcome.HELD_BACK, spooled.letter, event)
                    continue
                waiting[item] = _Entry(spooled.letter, item, event)
                if len(waiting) == AT_ONCE or not spooled.is_of_batch:
                    yield from self._send(waiting)
        yield from self._send(waiting)

    def _send(self, waiting: dict[str, _Entry]) -> Iterator[Told]:
        """Sends events of as many aggregates, and empties `waiting`."""
        entries = list(waiting.values())
        waiting.clear()
        if entries and self._bus is not None:
            try:
                self._bus.publish(*(entry.event for entry in entries))
            except Undeliverable as exc:
                if len(entries) > 1:
                    for entry in entries:
                        yield from self._send({entry.item: entry})
                    return
                [refused] = entries
                if exc.id != refused.event.event_id:
                    raise
                self._held.add(refused.item)
                yield Told(Outcome.REFUSED, refused.letter, refused.event, str(exc))
                return
            except (BotoCoreError, ClientError) as exc:
                raise unusable("the event bus cannot be called", exc) from exc
            self._sent.remember(entry.event for entry in entries)
        for entry in entries:
            yield Told(Outcome.SENT, entry.letter, entry.event)
