"""Baskets, in DynamoDB."""

from collections.abc import Callable
from datetime import datetime

from benchmarks.service.domain import Basket
from benchmarks.service.domain import BasketRepository
from infrastructure.kernel.dynamodb import persistence
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.settings import Settings


class DynamoDBBasketRepository(DynamoDBRepository[Basket], BasketRepository):
    """Stores baskets in DynamoDB."""

    type_name = "BASKET"


class DynamoDBPersistence(persistence.DynamoDBPersistence):
    """Everything in one table."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings, now)
        self.baskets = DynamoDBBasketRepository(self.store)
