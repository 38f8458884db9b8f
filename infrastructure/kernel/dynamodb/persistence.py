"""The DynamoDB adapter, without the repositories of a service."""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import datetime

from domain.kernel.events import HandledEvent
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.administration import require_shape
from infrastructure.kernel.dynamodb.client import create_client
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.store import Store
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.unit_of_work import DynamoDBUnitOfWork
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.settings import Settings


class DynamoDBPersistence(Persistence):
    """Everything in one table. A subclass adds a repository per aggregate, and indexes for queries of its own."""

    own_indexes: Sequence[Index] = ()

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self.table = Table(
            create_client(settings),
            settings.dynamodb_table,
            attempts=settings.dynamodb_attempts,
            threads=settings.dynamodb_batch_threads,
        )
        self.store = Store(self.table, shards=settings.dynamodb_listing_shards, now=now)
        self.store.register(HandledEvent, "_HANDLED", listed=False)
        self._create_table = settings.dynamodb_create_table

    @property
    def indexes(self) -> Sequence[Index]:
        """Those that the table needs."""
        return (*self.store.indexes, *self.own_indexes)

    def prepare(self) -> None:
        if self._create_table:
            create(self.table, self.indexes)

    def unit_of_work(self) -> DynamoDBUnitOfWork:
        return DynamoDBUnitOfWork(self.store)

    def check(self) -> None:
        require_shape(self.table, self.indexes)

    def close(self) -> None:
        self.table.close()
