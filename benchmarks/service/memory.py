"""Baskets, in memory."""

from benchmarks.service.domain import Basket
from benchmarks.service.domain import BasketRepository
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory import persistence
from infrastructure.kernel.memory.repository import InMemoryRepository


class InMemoryBasketRepository(InMemoryRepository[Basket], BasketRepository):
    """Stores baskets in memory."""


class InMemoryPersistence(persistence.InMemoryPersistence):
    """Everything in this process."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(relay)
        self.baskets = InMemoryBasketRepository(self.store)
