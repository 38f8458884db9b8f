"""How baskets that were made elsewhere enter the service."""

from typing import Literal

from benchmarks.service.domain import Basket
from benchmarks.service.domain import BasketRepository
from domain.kernel.events import Event
from domain.kernel.events import EventFactory
from usecases.kernel.imports import Import


class BasketCreated(Event):
    """A basket was created."""

    type: Literal["BasketCreated"] = "BasketCreated"
    name: str


class ImportBasket(Import[Basket]):
    """Adds a basket that was made elsewhere."""

    kind = Basket

    def __init__(self, baskets: BasketRepository, events: EventFactory) -> None:
        self._baskets = baskets
        self._events = events

    def execute(self, request: Basket) -> Basket:
        return self._baskets.add(request, self._events(BasketCreated, request, name=request.name))
