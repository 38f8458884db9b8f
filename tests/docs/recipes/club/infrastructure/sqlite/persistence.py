"""The SQLite adapter of the club: a repository per aggregate."""

from infrastructure.kernel.events.relay import Relay
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.domain.payments import PaymentRepository
from tests.docs.recipes.club.infrastructure.settings import Settings
from tests.docs.recipes.club.infrastructure.sqlite import repository
from tests.docs.recipes.club.infrastructure.sqlite.repository import SQLiteRepository


class SQLitePaymentRepository(SQLiteRepository[Payment], PaymentRepository):
    """Stores payments in SQLite."""


class SQLitePersistence(repository.SQLitePersistence):
    """Everything in one file."""

    def __init__(self, settings: Settings, relay: Relay) -> None:
        super().__init__(settings.sqlite_file, relay)
        self.payments = SQLitePaymentRepository(self.store)
