"""The file: one connection, which one thread uses at a time, and every read and write."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
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
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.events import event_types
from domain.kernel.listing import Query
from domain.kernel.preconditions import require_id
from infrastructure.kernel.bounded import OutOfTime
from infrastructure.kernel.bounded import require_time
from infrastructure.kernel.events.relay import Record
from infrastructure.kernel.events.relay import Relay
from tests.docs.recipes.club.infrastructure.sqlite.values import dump
from tests.docs.recipes.club.infrastructure.sqlite.values import load
from usecases.kernel.deadline import deadline

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
"""How long to wait for another thread or process, where no deadline says it."""
SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS entities (kind, id, version, life, data, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS ended (kind, id, version, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS places (kind, listing, position, id, PRIMARY KEY (kind, listing, position));
CREATE INDEX IF NOT EXISTS places_by_id ON places (kind, id);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, events);
CREATE TABLE IF NOT EXISTS commits (token PRIMARY KEY);
"""


class Store:
    """All entities, their places in listings, and the events that have not left yet."""

    def __init__(self, path: str, relay: Relay) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.executescript(SCHEMA)
        self._relay = relay
        self._in_use = Lock()
        self._carrying = Lock()

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone.

        Raises:
            Unavailable: it is too late, others are busy with it for too long, or SQLite fails. Nothing was written.
        """
        try:
            require_time()
        except OutOfTime as exc:
            raise Unavailable(f"SQLite {exc}") from exc
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

    def get(self, kind: type[E], id: str) -> E:
        """The stored entity.

        Raises:
            NotFound: nothing is stored under `id`.
        """
        for entity in self.get_many(kind, [id]).values():
            return entity
        raise NotFound(kind.__name__, id)

    def get_many(self, kind: type[E], ids: list[str]) -> dict[str, E]:
        """The entities of `ids` that there are, by id."""
        for id in ids:
            require_id(id)
        sql = "SELECT id, life, data FROM entities WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
        with self.turn() as db:
            rows = db.execute(sql, (kind.__name__, json.dumps(ids))).fetchall()
        return {row[0]: an_entity(kind, *row) for row in rows}

    def find(self, kind: type[E], query: Query, limit: int, after: str | None) -> list[tuple[str, E]]:
        """At most `limit` entities that `query` means, beyond `after`, each with its position."""
        low, high = query.prefix.encode(), query.prefix.encode() + b"\xff"  # no text has this byte in UTF-8
        beyond, order = ("<", "DESC") if query.listing.descending else (">", "ASC")
        first = after.encode() if after is not None else high if query.listing.descending else b""
        sql = f"""SELECT position, id, life, data FROM places JOIN entities USING (kind, id) WHERE kind = ? AND listing = ?
            AND position >= ? AND position < ? AND position {beyond} ? ORDER BY position {order}"""
        found = []
        with self.turn() as db:
            for position, *row in db.execute(sql, (kind.__name__, query.partition, low, high, first)):
                if query.matches(position.decode()):
                    found.append((position.decode(), an_entity(kind, *row)))
                if len(found) == limit:
                    break
        return found

    def write(self, *changes: Change[Any], token: str | None = None) -> list[Change[Any]]:
        """Makes all changes and keeps their events, or makes none; of a token that was committed before, none.

        Raises:
            TransactionFailed: says what is in the way.
        """
        with self.transaction() as db:
            if token is not None and db.execute("SELECT 1 FROM commits WHERE token = ?", (token,)).fetchone():
                return []
            if failures := [failure for change in changes if (failure := _obstacle(db, change)) is not None]:
                raise TransactionFailed(*failures)
            if token is not None:
                db.execute("INSERT INTO commits VALUES (?)", (token,))
            made = [_counted(db, change) for change in changes]
            for change in made:
                if change.action is Action.REMOVE:
                    drop(db, type(change.entity), change.entity.id)
                elif change.action is not Action.CHECK:
                    put(db, change.stored)
                if change.events:
                    db.execute("INSERT INTO outbox (events) VALUES (?)", (dump(change.events),))
        self.carry()
        return made

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


def put(db: sqlite3.Connection, entity: Entity) -> None:
    """Stores `entity`, and its places in listings, in place of what there was."""
    kind = type(entity)
    drop(db, kind, entity.id)
    row = (kind.__name__, entity.id, entity.version, life_of(entity), dump(entity))
    db.execute("INSERT INTO entities VALUES (?, ?, ?, ?, ?)", row)
    places = [place for listing in listings_of(kind) if (place := listing.place(entity)) is not None]
    rows = [(kind.__name__, partition, position.encode(), entity.id) for partition, position in places]
    db.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", rows)


def drop(db: sqlite3.Connection, kind: type[Entity], id: str) -> None:
    """Removes the entity, and its places in listings, if it is there. Its version is remembered."""
    ended = "INSERT OR REPLACE INTO ended SELECT kind, id, version + 1 FROM entities WHERE kind = ? AND id = ?"
    db.execute(ended, (kind.__name__, id))
    db.execute("DELETE FROM entities WHERE kind = ? AND id = ?", (kind.__name__, id))
    db.execute("DELETE FROM places WHERE kind = ? AND id = ?", (kind.__name__, id))


def an_entity(kind: type[E], id: str, life: str, data: str) -> E:
    """What `data` stores; fields that this release does not know are left aside."""
    try:
        return in_life(kind.model_validate(load(data), extra="ignore"), life)
    except InvalidArgument as exc:
        raise Unreadable(kind.__name__, id, str(exc)) from exc


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
