"""A store whose calls are watched, whatever is underneath."""

from collections.abc import Sequence
from typing import Any

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.listing import Query
from infrastructure.kernel.store import Found
from infrastructure.kernel.store import Read
from infrastructure.kernel.store import Store
from infrastructure.kernel.store import Token
from usecases.kernel.observability import watched


class WatchedStore(Store):
    """Tells the observers of each call, by method and kind."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        with watched("store", f"read {kind.__name__}"):
            return self._store.read(kind, ids, consistent=consistent)

    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        [first, *others] = changes
        name = f"{first.action.value} {type(first.entity).__name__}"
        with watched("store", "commit" if others or token is not None else name) as operation:
            made = self._store.write(changes, token)
            if operation is not None and not others:
                operation.is_about(made[0].stored)
            return made

    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        with watched("store", f"find {kind.__name__}"):
            return self._store.find(kind, query, limit=limit, after=after)

    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        with watched("store", f"put {kind.__name__}"):
            self._store.put(kind, entities)

    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        with watched("store", f"drop {kind.__name__}"):
            self._store.drop(kind, ids)
