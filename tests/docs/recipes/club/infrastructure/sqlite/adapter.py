"""The SQLite adapter, without the repositories of a service."""

from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.persistence import Persistence
from tests.docs.recipes.club.infrastructure.sqlite.store import SQLiteStore


class SQLitePersistence(Persistence):
    """Everything in the file at `path`. A subclass adds a repository per aggregate."""

    store: SQLiteStore

    def __init__(self, path: str, relay: Relay) -> None:
        self.store = SQLiteStore(path, relay)

    def open(self) -> None:
        self.store.open()

    def check(self) -> None:
        with self.store.turn() as db:
            db.execute("SELECT 1 FROM entities LIMIT 1")

    def close(self) -> None:
        self.store.carry()
        self.store.connection.close()
