"""pydynox, with the entity that this service reads and writes."""

from benchmarks.service.domain import Basket
from benchmarks.variants.pydynox import Pydynox


class StrictPydynox(Pydynox):
    kind = Basket


def create(endpoint: str) -> StrictPydynox:
    return StrictPydynox(endpoint)
