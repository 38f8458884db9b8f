"""The unit of work, kept in any store."""

from typing import Any

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from domain.kernel.unit_of_work import Aggregates
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.store import Store
from infrastructure.kernel.store import Token


class StoredUnitOfWork(UnitOfWork):
    """One write of a store, repeated under the same token if it has to be."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._token = Token()

    def of(self, kind: type[E]) -> Aggregates[E]:
        """The aggregates of `kind`.

        Raises:
            TypeError: it has no repository.
        """
        if kind not in self._store.kinds:
            raise TypeError(f"{kind.__name__} has no repository in {self._store.name}")
        return super().of(kind)

    def read(self, kind: type[E], id: str) -> E:
        return self._store.get(kind, id, consistent=True)

    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        try:
            self._store.watched().write(changes, self._token)
        except (Misconfigured, Unavailable) as exc:
            maybe_applied = isinstance(exc, Unavailable) and exc.maybe_applied
            if self._token.is_in_doubt and not maybe_applied:  # true of this attempt, but not of an earlier one
                throttled_by = exc.throttled_by if isinstance(exc, Unavailable) else ()
                raise Unavailable(str(exc), maybe_applied=True, throttled_by=throttled_by) from exc
            self._token.is_in_doubt = maybe_applied
            raise
