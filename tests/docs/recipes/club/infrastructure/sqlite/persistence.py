"""The SQLite adapter of the club: a repository per aggregate."""

from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.repository import StoredRepository
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.domain.payments import PaymentRepository
from tests.docs.recipes.club.infrastructure.settings import Settings
from tests.docs.recipes.club.infrastructure.sqlite import adapter
from tests.docs.recipes.club.infrastructure.sqlite.store import SQLiteStore


class SQLitePaymentRepository(StoredRepository[Payment, SQLiteStore], PaymentRepository):
    """Stores payments in SQLite."""


class SQLitePersistence(adapter.SQLitePersistence):
    """Everything in one file."""

    def __init__(self, settings: Settings, relay: Relay) -> None:
        super().__init__(settings.sqlite_file, relay)
        self.payments = SQLitePaymentRepository(self.store)
