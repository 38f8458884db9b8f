"""This service, with the adapter in memory: what is left without any database."""

from collections.abc import Sequence

from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.service.container import Settings
from benchmarks.service.domain import Basket
from benchmarks.variants.service import Service


class InMemory(Service):
    """Here a write changes something. So a basket is removed before it is put again, and the last one is saved."""

    def put(self, basket: Basket) -> None:
        self._baskets.remove_many([basket.id])
        super().put(basket)

    def save(self, _: Basket) -> None:
        super().save(self.get(IDS[-1]))

    def put_together(self, baskets: Sequence[Basket]) -> None:
        self._baskets.remove_many([basket.id for basket in baskets])
        super().put_together(baskets)


def create(_: str) -> InMemory:
    variant = InMemory(Settings(persistence="memory"))
    variant._baskets.put_many(Basket.model_validate(basket(number)) for number in range(len(IDS)))
    return variant
