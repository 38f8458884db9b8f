"""What is done with baskets."""

from benchmarks.service.domain import Basket
from benchmarks.service.domain import BasketRepository
from usecases.kernel.requests import GetRequest


class GetBasket:
    """One basket."""

    def __init__(self, baskets: BasketRepository) -> None:
        self._baskets = baskets

    def execute(self, request: GetRequest) -> Basket:
        return self._baskets.get(request.id)
