"""The repository port, kept in memory."""

from domain.kernel.entity import E
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.repository import StoredRepository


class InMemoryRepository(StoredRepository[E, InMemoryStore]):
    """The rows of one kind. A query of your own reads `self._rows`, and takes `self._store.turn()` meanwhile."""

    def __init__(self, store: InMemoryStore) -> None:
        super().__init__(store)
        self._rows = store.rows(self.kind)
