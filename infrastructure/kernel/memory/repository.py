"""The repository port, kept in memory."""

from collections.abc import Iterable
from collections.abc import Iterator
from itertools import islice

from domain.kernel.change import Change
from domain.kernel.change import as_put
from domain.kernel.entity import E
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.listing import Query
from domain.kernel.listing import id_at
from domain.kernel.preconditions import require_id
from domain.kernel.preconditions import require_limit
from domain.kernel.preconditions import require_listing
from domain.kernel.repository import Page
from domain.kernel.repository import Repository
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from infrastructure.kernel.memory.store import Store
from usecases.kernel.deadline import deadline

ROWS_BETWEEN_LOOKS = 1000
"""How many rows of a listing are read before the clock is looked at again."""


class InMemoryRepository(Repository[E]):
    """The rows of one kind in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.rows(self.kind)

    def add(self, entity: E, *events: Event) -> E:
        return self._write(Change.add(self.kind, entity, events))

    def get(self, id: str, *, consistent: bool = False) -> E:
        return self._store.get(self.kind, id)

    def get_many(self, ids: Iterable[str]) -> list[E]:
        wanted = list(ids)
        for id in wanted:
            require_id(id)
        with self._store.lock:
            return [self._rows.by_id[id] for id in wanted if id in self._rows.by_id]

    def save(self, entity: E, *events: Event) -> E:
        return self._write(Change.save(self.kind, entity, events))

    def remove(self, entity: E, *events: Event) -> None:
        self._write(Change.remove(self.kind, entity, events))

    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[E]:
        require_limit(limit)
        require_listing(self.kind, query)
        after = None if cursor is None else decode_cursor(self.kind, query, cursor)
        with self._store.lock:
            found = list(islice(filter(query.matches, _in_time(self._rows.listed(query, after=after))), limit + 1))
            items = tuple(self._rows.by_id[id_at(position)] for position in found[:limit])
        more = len(found) > limit
        return Page(items, encode_cursor(self.kind, query, found[limit - 1]) if more else None)

    def put_many(self, entities: Iterable[E]) -> None:
        put = [as_put(self.kind, entity) for entity in entities]
        with self._store.lock:
            for entity in put:
                self._rows.put(entity)

    def remove_many(self, ids: Iterable[str]) -> None:
        given = list(ids)
        for id in given:
            require_id(id)
        with self._store.lock:
            for id in given:
                self._rows.drop(id)

    def _write(self, change: Change[E]) -> E:
        try:
            [made] = self._store.write(change)
        except TransactionFailed as exc:
            raise exc.failures[0].error from None
        stored: E = made.stored
        return stored


def _in_time(positions: Iterator[str]) -> Iterator[str]:
    """The positions, as long as there is time to read them."""
    limit = deadline()
    for number, position in enumerate(positions):
        if number % ROWS_BETWEEN_LOOKS == 0 and limit is not None and limit.is_too_late():
            raise Unavailable("the listing was not read in time")
        yield position
