"""dyntastic, whose models are pydantic's, on boto3's resource."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from dyntastic import A
from dyntastic import Dyntastic
from dyntastic import transaction

from benchmarks.data import INDEX
from benchmarks.data import PAGE
from benchmarks.data import PARTITION
from benchmarks.data import TABLE
from benchmarks.plain import Line
from benchmarks.plain import key
from benchmarks.variants import Variant

BATCH = 100


class Stored(Dyntastic):
    __table_name__ = TABLE
    __table_region__ = "eu-west-1"
    __hash_key__ = "pk"
    __range_key__ = "sk"

    pk: str
    sk: str
    version: int
    name: str
    lines: list[Line]


class ByDyntastic(Variant[Any]):
    def __init__(self, endpoint: str) -> None:
        Stored.__table_host__ = endpoint

    def make(self, values: Mapping[str, Any]) -> Any:
        return Stored(**key(values["id"]), **{name: value for name, value in values.items() if name != "id"})

    def plain(self, basket: Any) -> Any:
        content = basket.model_dump(mode="json")
        return {"id": content.pop("pk").partition("#")[2], **{n: v for n, v in content.items() if n != "sk"}}

    def get(self, id: str) -> Any:
        return Stored.get(*key(id).values())

    def get_many(self, ids: Sequence[str]) -> list[Any]:
        found = {}
        for start in range(0, len(ids), BATCH):
            for basket in Stored.batch_get([tuple(key(id).values()) for id in ids[start : start + BATCH]]):
                found[basket.pk.partition("#")[2]] = basket
        return [found[id] for id in ids]

    def page(self) -> list[Any]:
        listed = Stored.query_page(A._list == PARTITION, index=INDEX, per_page=PAGE)
        return self.get_many([entry.pk.partition("#")[2] for entry in listed.items])

    def put(self, basket: Any) -> None:
        _next(basket).save(condition=A.pk.not_exists())

    def save(self, basket: Any) -> None:
        _next(basket).save(condition=A.version == basket.version)

    def put_together(self, baskets: Sequence[Any]) -> None:
        with transaction():
            for basket in baskets:
                _next(basket).save(condition=A.pk.not_exists())


def _next(basket: Any) -> Any:
    return basket.model_copy(update={"version": basket.version + 1})


def create(endpoint: str) -> ByDyntastic:
    return ByDyntastic(endpoint)
