"""The DynamoDB adapter of this service: a repository per aggregate."""

from collections.abc import Callable
from datetime import datetime

from infrastructure.dynamodb.sponsors import DynamoDBSponsorRepository
from infrastructure.dynamodb.team_sizes import DynamoDBTeamSizeRepository
from infrastructure.dynamodb.teams import DynamoDBTeamRepository
from infrastructure.kernel.dynamodb import persistence
from infrastructure.kernel.settings import Settings


class DynamoDBPersistence(persistence.DynamoDBPersistence):
    """Everything in one table."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings, now)
        self.sponsors = DynamoDBSponsorRepository(self.store)
        self.teams = DynamoDBTeamRepository(self.store)
        self.team_sizes = DynamoDBTeamSizeRepository(self.store)
