"""PynamoDB, whose own models read and write, and pydantic for the entities."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import ListAttribute
from pynamodb.attributes import MapAttribute
from pynamodb.attributes import NumberAttribute
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.indexes import GlobalSecondaryIndex
from pynamodb.indexes import KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from benchmarks.data import INDEX
from benchmarks.data import PAGE
from benchmarks.data import PARTITION
from benchmarks.data import TABLE
from benchmarks.plain import Basket
from benchmarks.plain import Line
from benchmarks.plain import attributes
from benchmarks.plain import key
from benchmarks.plain import values
from benchmarks.variants import Variant


class StoredLine(MapAttribute):
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    size = UnicodeAttribute()


class ByPosition(GlobalSecondaryIndex):
    class Meta:
        index_name = INDEX
        projection = KeysOnlyProjection()

    list = UnicodeAttribute(hash_key=True, attr_name="_list")
    position = UnicodeAttribute(range_key=True, attr_name="_position")


class Stored(Model):
    class Meta:
        table_name = TABLE
        region = "eu-west-1"
        host = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    name = UnicodeAttribute(null=True)
    lines = ListAttribute(of=StoredLine, null=True)
    list = UnicodeAttribute(attr_name="_list", null=True)
    position = UnicodeAttribute(attr_name="_position", null=True)
    by_position = ByPosition()


class PynamoDB(Variant[Basket]):
    def __init__(self, endpoint: str) -> None:
        Stored.Meta.host = endpoint
        self._connection = Connection(region="eu-west-1", host=endpoint)

    def make(self, values: Mapping[str, Any]) -> Basket:
        return Basket.model_validate(values)

    def plain(self, basket: Basket) -> Any:
        return basket.model_dump(mode="json")

    def get(self, id: str) -> Basket:
        return _read(Stored.get(*key(id).values()))

    def get_many(self, ids: Sequence[str]) -> list[Basket]:
        read = (_read(stored) for stored in Stored.batch_get([tuple(key(id).values()) for id in ids]))
        found = {basket.id: basket for basket in read}
        return [found[id] for id in ids]

    def page(self) -> list[Basket]:
        listed = Stored.by_position.query(PARTITION, limit=PAGE)
        return self.get_many([entry.pk.partition("#")[2] for entry in listed])

    def put(self, basket: Basket) -> None:
        _stored(basket).save(condition=Stored.pk.does_not_exist())

    def save(self, basket: Basket) -> None:
        _stored(basket).save(condition=Stored.version == basket.version)

    def put_together(self, baskets: Sequence[Basket]) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            for basket in baskets:
                transaction.save(_stored(basket), condition=Stored.pk.does_not_exist())


def _read(stored: Any) -> Basket:
    lines = [Line(id=line.id, name=line.name, size=line.size) for line in stored.lines]
    return Basket.model_validate(
        values({"pk": stored.pk, "version": stored.version, "name": stored.name, "lines": lines})
    )


def _stored(basket: Basket) -> Any:
    written = attributes(basket.model_dump())
    lines = [StoredLine(**line) for line in written["lines"]]
    return Stored(**key(basket.id), version=written["version"], name=written["name"], lines=lines)


def create(endpoint: str) -> PynamoDB:
    return PynamoDB(endpoint)
