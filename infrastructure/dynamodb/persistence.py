"""The DynamoDB adapter, wired: a line per aggregate."""

from collections.abc import Callable
from datetime import datetime

from domain.events import HandledEvent
from infrastructure.dynamodb.administration import create
from infrastructure.dynamodb.administration import require_shape
from infrastructure.dynamodb.client import create_client
from infrastructure.dynamodb.sponsors import DynamoDBSponsorRepository
from infrastructure.dynamodb.store import Store
from infrastructure.dynamodb.table import Table
from infrastructure.dynamodb.team_sizes import DynamoDBTeamSizeRepository
from infrastructure.dynamodb.teams import DynamoDBTeamRepository
from infrastructure.dynamodb.unit_of_work import DynamoDBUnitOfWork
from infrastructure.persistence import Persistence
from infrastructure.settings import Settings


class DynamoDBPersistence(Persistence):
    """Everything in one table."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self.table = Table(
            create_client(settings),
            settings.dynamodb_table,
            attempts=settings.dynamodb_attempts,
            threads=settings.dynamodb_batch_threads,
        )
        self.store = Store(self.table, shards=settings.dynamodb_listing_shards, now=now)
        self.store.register(HandledEvent, "_HANDLED", listed=False)
        self.sponsors = DynamoDBSponsorRepository(self.store)
        self.teams = DynamoDBTeamRepository(self.store)
        self.team_sizes = DynamoDBTeamSizeRepository(self.store)
        if settings.dynamodb_create_table:
            create(self.table)

    def unit_of_work(self) -> DynamoDBUnitOfWork:
        return DynamoDBUnitOfWork(self.store)

    def check(self) -> None:
        require_shape(self.table)

    def close(self) -> None:
        self.table.close()
