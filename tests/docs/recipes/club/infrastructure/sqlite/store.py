"""The file: one connection, which one thread uses at a time, and every read and write."""

import json
import logging
import sqlite3
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from itertools import islice
from threading import Lock
from typing import Any

from domain.kernel.change import Action
from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.entity import in_life
from domain.kernel.entity import life_of
from domain.kernel.entity import listings_of
from domain.kernel.errors import Failure
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.events import event_types
from domain.kernel.listing import Query
from infrastructure.kernel.events.relay import Record
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.store import Found
from infrastructure.kernel.store import Read
from infrastructure.kernel.store import Store
from infrastructure.kernel.store import Token
from tests.docs.recipes.club.infrastructure.sqlite.values import dump
from tests.docs.recipes.club.infrastructure.sqlite.values import load
from usecases.kernel.deadline import deadline

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
"""How long to wait for another thread or process, where no deadline says it."""
ROWS_BETWEEN_LOOKS = 1000
"""How many rows of a listing are read before the clock is looked at again."""
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS entities (kind, id, version, life, data, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS ended (kind, id, version, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS places (kind, listing, position, id, PRIMARY KEY (kind, listing, position));
CREATE INDEX IF NOT EXISTS places_by_id ON places (kind, id);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, events);
CREATE TABLE IF NOT EXISTS commits (token PRIMARY KEY);
"""


class SQLiteStore(Store):
    """All entities, their places in listings, and the events that have not left yet."""

    name = "SQLite"
    connection: sqlite3.Connection

    def __init__(self, path: str, relay: Relay) -> None:
        self._path = path
        self._relay = relay
        self._in_use = Lock()
        self._carrying = Lock()

    def open(self) -> None:
        """Opens the file, or makes it, and hands over the events that the process before left."""
        self.connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self.connection.executescript(SCHEMA)
        self.carry()

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone.

        Raises:
            Unavailable: it is too late, others are busy with it for too long, or SQLite fails. Nothing was written.
        """
        self.in_time()
        if not self._in_use.acquire(timeout=_seconds_left()):
            raise Unavailable("SQLite is busy")
        try:
            self.connection.execute(f"PRAGMA busy_timeout = {int(_seconds_left() * 1000)}")
            yield self.connection
        except sqlite3.Error as exc:
            raise Unavailable(f"SQLite failed: {exc}") from exc
        finally:
            self._in_use.release()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction, which is committed at the end of the block.

        Raises:
            Unavailable: as `turn` does; with `maybe_applied`, if the commit itself failed.
        """
        with self.turn() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                _roll_back(db)
                raise
            try:
                db.execute("COMMIT")
            except sqlite3.Error as exc:
                _roll_back(db)
                raise Unavailable(f"SQLite failed: {exc}", maybe_applied=True) from exc

    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        sql = "SELECT id, life, data FROM entities WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
        with self.turn() as db:
            return _entities(kind, db.execute(sql, (kind.__name__, json.dumps(ids))).fetchall())

    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        with self.transaction() as db:
            if token is not None and db.execute("SELECT 1 FROM commits WHERE token = ?", (token.id,)).fetchone():
                return changes
            if failures := [failure for change in changes if (failure := _obstacle(db, change)) is not None]:
                raise TransactionFailed(*failures)
            if token is not None:
                db.execute("INSERT INTO commits VALUES (?)", (token.id,))
            made = [_counted(db, change) for change in changes]
            for change in made:
                if change.action is Action.REMOVE:
                    _drop(db, type(change.entity), change.entity.id)
                elif change.action is not Action.CHECK:
                    _put(db, change.stored)
                if change.events:
                    db.execute("INSERT INTO outbox (events) VALUES (?)", (dump(change.events),))
        self.carry()
        return made

    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        low, high = query.prefix.encode(), query.prefix.encode() + b"\xff"  # no text has this byte in UTF-8
        beyond, order = ("<", "DESC") if query.listing.descending else (">", "ASC")
        first = after.encode() if after is not None else high if query.listing.descending else b""
        sql = f"""SELECT position, id, life, data FROM places JOIN entities USING (kind, id) WHERE kind = ? AND listing = ?
            AND position >= ? AND position < ? AND position {beyond} ? ORDER BY position {order}"""
        with self.turn() as db:
            rows = db.execute(sql, (kind.__name__, query.partition, low, high, first))
            matching = (row for row in self._while_in_time(rows) if query.matches(row[0].decode()))
            listed = list(islice(matching, limit + 1))
        found, unreadable = _entities(kind, [row for _, *row in listed[:limit]])
        more = listed[limit - 1][0].decode() if len(listed) > limit else None
        return Found(tuple(found.values()), more, unreadable)

    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        with self.transaction() as db:
            for entity in entities:
                _put(db, entity)

    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        with self.transaction() as db:
            for id in ids:
                _drop(db, kind, id)

    def carry(self) -> None:
        """Hands the waiting events to the relay. Never raises, because the write before it is committed."""
        if not self._carrying.acquire(timeout=_seconds_left()):
            return  # the events leave after the next write
        try:
            while waiting := self._waiting():
                done = self._relay.carry(waiting)
                with self.transaction() as db:
                    db.executemany("DELETE FROM outbox WHERE number = ?", [(each.number,) for each in waiting[:done]])
                if done < len(waiting):
                    return
        except Unavailable:
            logger.exception("events wait in the outbox, and leave after the next write")
        finally:
            self._carrying.release()

    def _while_in_time(self, rows: Iterable[Any]) -> Iterator[Any]:
        """The rows, as long as there is time to read them."""
        for number, row in enumerate(rows):
            if number % ROWS_BETWEEN_LOOKS == 0:
                self.in_time()
            yield row

    def _waiting(self) -> "list[Waiting]":
        with self.turn() as db:
            return [Waiting(*row) for row in db.execute("SELECT * FROM outbox ORDER BY number LIMIT 100")]


class Waiting(Record):
    """The events of one write of one aggregate."""

    def __init__(self, number: int, stored: str) -> None:
        self.number = number
        self._stored = stored

    def events(self) -> Sequence[Event]:
        try:
            return [event_types()[each["type"]].model_validate(each) for each in load(self._stored)]
        except (InvalidArgument, KeyError) as exc:
            raise Unreadable("Outbox", str(self.number), str(exc)) from exc

    def whole(self) -> str:
        return self._stored


def _put(db: sqlite3.Connection, entity: Entity) -> None:
    """Stores `entity`, and its places in listings, in place of what there was."""
    kind = type(entity)
    _drop(db, kind, entity.id)
    row = (kind.__name__, entity.id, entity.version, life_of(entity), dump(entity))
    db.execute("INSERT INTO entities VALUES (?, ?, ?, ?, ?)", row)
    places = [place for listing in listings_of(kind) if (place := listing.place(entity)) is not None]
    rows = [(kind.__name__, partition, position.encode(), entity.id) for partition, position in places]
    db.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", rows)


def _drop(db: sqlite3.Connection, kind: type[Entity], id: str) -> None:
    """Removes the entity, and its places in listings, if it is there. Its version is remembered."""
    ended = "INSERT OR REPLACE INTO ended SELECT kind, id, version + 1 FROM entities WHERE kind = ? AND id = ?"
    db.execute(ended, (kind.__name__, id))
    db.execute("DELETE FROM entities WHERE kind = ? AND id = ?", (kind.__name__, id))
    db.execute("DELETE FROM places WHERE kind = ? AND id = ?", (kind.__name__, id))


def _entities(kind: type[E], rows: Iterable[Sequence[Any]]) -> Read[E]:
    """What the rows store, by id; fields that this release does not know are left aside."""
    found: dict[str, E] = {}
    unreadable: dict[str, Unreadable] = {}
    for id, life, data in rows:
        try:
            found[id] = in_life(kind.model_validate(load(data), extra="ignore"), life)
        except InvalidArgument as exc:
            unreadable[id] = Unreadable(kind.__name__, id, str(exc), where=exc.inputs)
    return Read(found, unreadable)


def _obstacle(db: sqlite3.Connection, change: Change[Any]) -> Failure | None:
    key = (type(change.entity).__name__, change.entity.id)
    row = db.execute("SELECT version, life FROM entities WHERE kind = ? AND id = ?", key).fetchone()
    return change.obstacle(*row or (None, None))


def _counted(db: sqlite3.Connection, change: Change[Any]) -> Change[Any]:
    """The change, which goes on counting versions if it adds an entity whose id was used before."""
    key = (type(change.entity).__name__, change.entity.id)
    row = db.execute("SELECT version FROM ended WHERE kind = ? AND id = ?", key).fetchone()
    return change.after(row[0]) if row and change.action is Action.ADD else change


def _seconds_left() -> float:
    here = deadline()
    return BUSY_SECONDS if here is None else max(0.0, here.seconds_left())


def _roll_back(db: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):  # the error before it is the one to raise
        if db.in_transaction:
            db.execute("ROLLBACK")
