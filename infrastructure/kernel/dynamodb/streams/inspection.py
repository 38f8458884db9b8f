"""Looking into dead letters, without sending anything."""

from collections.abc import Iterable
from collections.abc import Iterator
from itertools import islice
from typing import Any
from typing import NamedTuple

from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.dynamodb.streams.replay import LOOKED_UP
from infrastructure.kernel.dynamodb.streams.sent import SentEvents
from infrastructure.kernel.dynamodb.streams.spool import Reading
from infrastructure.kernel.dynamodb.streams.spool import Selection
from infrastructure.kernel.dynamodb.streams.spool import item_of
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.letters import Letter


class Line(NamedTuple):
    """What a list tells of a letter.

    Attributes:
        written_at: when its write was made; empty if the letter does not say.
        status: `waiting`, `sent`, `sent in part`, `no events`, or `unreadable`.
        item: type and id of the aggregate; empty if the letter does not say.
        events: their types and versions, or why they cannot be read.
    """

    written_at: str
    status: str
    item: str
    events: str
    letter: str


def lines(letters: Iterable[Letter], selection: Selection, sent: SentEvents) -> Iterator[Line]:
    """A line for each letter that is meant.

    Raises:
        Unavailable: the store does not answer.
    """
    meant = (
        (letter, record, Reading((), letter.problem) if letter.problem else selection.told_by(record))
        for letter in letters
        if selection.includes(record := StreamRecord(letter.record, letter.place)) or letter.problem
    )
    while group := list(islice(meant, LOOKED_UP)):
        known = sent.known(event for _, _, reading in group for event in reading.events)
        for letter, record, reading in group:
            if selection.types and not (reading.events or reading.problem):
                continue
            written_at = record.written_at
            yield Line(
                written_at.isoformat(timespec="seconds") if written_at else "",
                _status(reading, known),
                item_of(record),
                reading.problem or " ".join(f"{event.type}@{event.version}" for event in reading.events),
                letter.name,
            )


def whole(letter: Letter, source: str) -> dict[str, Any]:
    """All there is to a letter, in plain JSON values. `source` is the service that publishes its events."""
    reading = Selection().told_by(StreamRecord(letter.record, letter.place))
    return {
        "letter": letter.name,
        "reason": letter.reason,
        "problem": letter.problem or reading.problem,
        "events": [cloud_event(event, source) for event in reading.events],
        "record": letter.record,
    }


def _status(reading: Reading, known: set[str]) -> str:
    if reading.problem:
        return "unreadable"
    if not reading.events:
        return "no events"
    sent = sum(event.event_id in known for event in reading.events)
    return "waiting" if sent == 0 else "sent" if sent == len(reading.events) else "sent in part"
