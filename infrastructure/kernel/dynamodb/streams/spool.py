"""The records of dead letters, put into the order of their stream."""

import json
import sqlite3
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.events.letters import Letter

_DIGITS = 64
"""How long a sequence number is made, so that as a text it sorts like a number."""


def item_of(record: StreamRecord) -> str:
    """The partition key of the item that was written: type and id of the aggregate. Empty if it does not say."""
    return str(record.key.get(PK, {}).get("S", ""))


class Reading(NamedTuple):
    """The events of a record, or the problem that they cannot be read for."""

    events: Sequence[Event]
    problem: str = ""


@dataclass(frozen=True)
class Selection:
    """Which letters are meant: by default all.

    Attributes:
        aggregates: the ids of their aggregates.
        types: the types of their events.
        since: when their writes were made, at the earliest.
    """

    aggregates: Collection[str] = ()
    types: Collection[str] = ()
    since: datetime | None = None

    def includes(self, record: StreamRecord) -> bool:
        """Whether a record is meant, as far as it tells."""
        if self.aggregates and item_of(record).partition("#")[2] not in self.aggregates:
            return False
        written_at = record.written_at
        return self.since is None or written_at is None or written_at >= self.since

    def told_by(self, record: StreamRecord) -> Reading:
        """Those events of a record that are meant."""
        try:
            return Reading([event for event in record.events() if not self.types or event.type in self.types])
        except Unreadable as exc:
            return Reading((), str(exc))


class Spooled(NamedTuple):
    """A record of a letter, and what else of the letter is needed to send it."""

    letter: str
    record: StreamRecord
    is_of_batch: bool


class Spool:
    """Records in the order of their stream, each once. They are on disk: a bucket may hold more than memory does."""

    def __init__(self) -> None:
        # SQLite keeps a database without a name in a temporary file, and deletes it in the end.
        self._rows = sqlite3.connect("")
        self._rows.execute(
            "CREATE TABLE records (number TEXT, item TEXT, letter TEXT, is_of_batch INTEGER, record TEXT,"
            " PRIMARY KEY (number, item))"
        )

    def put(self, letter: Letter, record: StreamRecord) -> None:
        """Takes the record of a letter in, whose sequence number is digits. The first letter that has it counts."""
        row = (
            record.sequence_number.zfill(_DIGITS),
            ascii(item_of(record)),  # SQLite takes no lone surrogates, which JSON may have
            letter.name,
            letter.is_of_batch,
            json.dumps(letter.record),
        )
        self._rows.execute("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?)", row)

    def __iter__(self) -> Iterator[Spooled]:
        for letter, record, is_of_batch in self._rows.execute(
            "SELECT letter, record, is_of_batch FROM records ORDER BY number, item"
        ):
            yield Spooled(letter, StreamRecord(json.loads(record)), bool(is_of_batch))

    def close(self) -> None:
        """Deletes it."""
        self._rows.close()
