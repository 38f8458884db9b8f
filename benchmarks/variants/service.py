"""This service: entities, use case, repository and unit of work, as wired by its container."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from benchmarks.data import PAGE
from benchmarks.data import TABLE
from benchmarks.service.container import Container
from benchmarks.service.container import Settings
from benchmarks.service.domain import Basket
from benchmarks.variants import Variant
from domain.kernel.repository import Everything
from usecases.kernel.requests import GetRequest


class Service(Variant[Basket]):
    def __init__(self, settings: Settings) -> None:
        container = Container()
        container.settings.override(settings)
        container.persistence().open()
        self._get = container.get_basket().execute
        self._baskets = container.baskets()
        self._unit_of_work = container.unit_of_work

    def make(self, values: Mapping[str, Any]) -> Basket:
        return Basket.model_validate(values)

    def plain(self, basket: Basket) -> Any:
        return basket.model_dump(mode="json")

    def get(self, id: str) -> Basket:
        return self._get(GetRequest(id=id))

    def get_many(self, ids: Sequence[str]) -> list[Basket]:
        return self._baskets.get_many(ids)

    def page(self) -> list[Basket]:
        return list(self._baskets.page(Everything(), limit=PAGE).items)

    def put(self, basket: Basket) -> None:
        self._baskets.add(basket)

    def save(self, basket: Basket) -> None:
        self._baskets.save(basket)

    def put_together(self, baskets: Sequence[Basket]) -> None:
        with self._unit_of_work() as work:
            changes = work.of(Basket)
            for basket in baskets:
                changes.add(basket)
            work.commit()


def create(endpoint: str, transport: str = "botocore") -> Service:
    settings = {
        "persistence": "dynamodb",
        "aws_region": "eu-west-1",
        "dynamodb_endpoint": endpoint,
        "dynamodb_table": TABLE,
        "dynamodb_transport": transport,
    }
    return Service(Settings.model_validate(settings))
