"""The repository port, kept in any store: what is asked of a call, and what its refusal means."""

import logging
from collections.abc import Iterable
from typing import Generic
from typing import TypeVar

from domain.kernel.change import Change
from domain.kernel.change import as_put
from domain.kernel.entity import E
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.listing import Query
from domain.kernel.preconditions import require_id
from domain.kernel.preconditions import require_limit
from domain.kernel.preconditions import require_listing
from domain.kernel.repository import Page
from domain.kernel.repository import Repository
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from infrastructure.kernel.store import Store

logger = logging.getLogger(__name__)

S = TypeVar("S", bound=Store)


class StoredRepository(Repository[E], Generic[E, S]):
    """The entities of one kind in a store."""

    def __init__(self, store: S) -> None:
        self._store = store
        store.kinds.add(self.kind)

    def add(self, entity: E, *events: Event) -> E:
        return self._write(Change.add(self.kind, entity, events))

    def get(self, id: str, *, consistent: bool = False) -> E:
        return self._store.get(self.kind, id, consistent=consistent)

    def get_many(self, ids: Iterable[str]) -> list[E]:
        wanted = list(ids)
        distinct = _distinct(wanted)
        if not distinct:
            return []
        found, unreadable = self._store.watched().read(self.kind, distinct, consistent=False)
        if unreadable:
            raise Unreadable.together(list(unreadable.values()))
        return [found[id] for id in wanted if id in found]

    def save(self, entity: E, *events: Event) -> E:
        return self._write(Change.save(self.kind, entity, events))

    def remove(self, entity: E, *events: Event) -> None:
        self._write(Change.remove(self.kind, entity, events))

    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[E]:
        require_limit(limit)
        require_listing(self.kind, query)
        after = None if cursor is None else decode_cursor(self.kind, query, cursor)
        found = self._store.watched().find(self.kind, query, limit=limit, after=after)
        next_cursor = None if found.after is None else encode_cursor(self.kind, query, found.after)
        for error in found.unreadable.values():
            logger.error("%s", error)
        return Page(found.items, next_cursor, tuple(found.unreadable))

    def put_many(self, entities: Iterable[E]) -> None:
        last = {entity.id: as_put(self.kind, entity) for entity in entities}
        if last:
            self._store.watched().put(self.kind, list(last.values()))

    def remove_many(self, ids: Iterable[str]) -> None:
        if distinct := _distinct(ids):
            self._store.watched().drop(self.kind, distinct)

    def _write(self, change: Change[E]) -> E:
        try:
            [made] = self._store.watched().write([change])
        except TransactionFailed as exc:
            raise exc.failures[0].error from exc.__cause__
        stored: E = made.stored
        return stored


def _distinct(ids: Iterable[str]) -> list[str]:
    """Each of `ids` once, all of which an entity can have."""
    distinct = list(dict.fromkeys(ids))
    for id in distinct:
        require_id(id)
    return distinct
