"""The unit of work, kept in memory."""

from typing import Any

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.memory.store import Store


class InMemoryUnitOfWork(UnitOfWork):
    """Checks every change, then makes every change, under the lock of the store."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def read(self, kind: type[E], id: str) -> E:
        return self._store.get(kind, id)

    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        self._store.write(*changes)
