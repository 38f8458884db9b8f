"""The repository port, kept in memory."""

from domain.kernel.entity import E
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.repository import StoredRepository


class InMemoryRepository(StoredRepository[E, InMemoryStore]):
    """The rows of one kind. Your own query reads `self._rows` inside `with self._store.turn():`."""

    def __init__(self, store: InMemoryStore) -> None:
        super().__init__(store)
        self._rows = store.rows(self.kind)
