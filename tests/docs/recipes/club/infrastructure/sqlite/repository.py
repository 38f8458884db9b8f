"""The ports, kept in SQLite: repository, unit of work, persistence."""

from collections.abc import Iterable
from typing import Any

from ulid import ULID

from domain.kernel.change import Change
from domain.kernel.change import as_put
from domain.kernel.entity import E
from domain.kernel.errors import TransactionFailed
from domain.kernel.events import Event
from domain.kernel.listing import Query
from domain.kernel.preconditions import require_id
from domain.kernel.preconditions import require_limit
from domain.kernel.preconditions import require_listing
from domain.kernel.repository import Page
from domain.kernel.repository import Repository
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel import persistence
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from infrastructure.kernel.events.relay import Relay
from tests.docs.recipes.club.infrastructure.sqlite.store import Store
from tests.docs.recipes.club.infrastructure.sqlite.store import drop
from tests.docs.recipes.club.infrastructure.sqlite.store import put


class SQLiteRepository(Repository[E]):
    """The entities of one kind in the file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, entity: E, *events: Event) -> E:
        return self._write(Change.add(self.kind, entity, events))

    def get(self, id: str, *, consistent: bool = False) -> E:
        return self._store.get(self.kind, id)

    def get_many(self, ids: Iterable[str]) -> list[E]:
        wanted = list(ids)
        found = self._store.get_many(self.kind, wanted)
        return [found[id] for id in wanted if id in found]

    def save(self, entity: E, *events: Event) -> E:
        return self._write(Change.save(self.kind, entity, events))

    def remove(self, entity: E, *events: Event) -> None:
        self._write(Change.remove(self.kind, entity, events))

    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[E]:
        require_limit(limit)
        require_listing(self.kind, query)
        after = None if cursor is None else decode_cursor(self.kind, query, cursor)
        found = self._store.find(self.kind, query, limit + 1, after)
        items = tuple(entity for _, entity in found[:limit])
        more = len(found) > limit
        return Page(items, encode_cursor(self.kind, query, found[limit - 1][0]) if more else None)

    def put_many(self, entities: Iterable[E]) -> None:
        given = [as_put(self.kind, entity) for entity in entities]
        with self._store.transaction() as db:
            for entity in given:
                put(db, entity)

    def remove_many(self, ids: Iterable[str]) -> None:
        given = list(ids)
        for id in given:
            require_id(id)
        with self._store.transaction() as db:
            for id in given:
                drop(db, self.kind, id)

    def _write(self, change: Change[E]) -> E:
        try:
            [made] = self._store.write(change)
        except TransactionFailed as exc:
            raise exc.failures[0].error from None
        stored: E = made.stored
        return stored


class SQLiteUnitOfWork(UnitOfWork):
    """One transaction. Its token tells a repeated commit that it has been made."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._token = str(ULID())

    def read(self, kind: type[E], id: str) -> E:
        return self._store.get(kind, id)

    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        self._store.write(*changes, token=self._token)


class SQLitePersistence(persistence.Persistence):
    """Everything in the file at `path`. A subclass adds a repository per aggregate."""

    def __init__(self, path: str, relay: Relay) -> None:
        self.store = Store(path, relay)

    def prepare(self) -> None:
        self.store.carry()  # what the process before left

    def unit_of_work(self) -> SQLiteUnitOfWork:
        return SQLiteUnitOfWork(self.store)

    def check(self) -> None:
        with self.store.turn() as db:
            db.execute("SELECT 1 FROM entities LIMIT 1")

    def close(self) -> None:
        self.store.carry()
        self.store.connection.close()
