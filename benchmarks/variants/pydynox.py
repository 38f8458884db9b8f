"""pydynox, whose core is in Rust, and pydantic."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from pydynox import DynamoDBClient

from benchmarks.data import INDEX
from benchmarks.data import PAGE
from benchmarks.data import PARTITION
from benchmarks.data import TABLE
from benchmarks.plain import Basket
from benchmarks.plain import attributes
from benchmarks.plain import key
from benchmarks.plain import values
from benchmarks.variants import Variant


class Pydynox(Variant[Any]):
    kind: Any = Basket

    def __init__(self, endpoint: str) -> None:
        self._client = DynamoDBClient(region="eu-west-1", endpoint_url=endpoint)

    def make(self, values: Mapping[str, Any]) -> Any:
        return self.kind.model_validate(values)

    def plain(self, basket: Any) -> Any:
        return basket.model_dump(mode="json")

    def get(self, id: str) -> Any:
        return self.make(values(self._client.sync_get_item(TABLE, key(id))))

    def get_many(self, ids: Sequence[str]) -> list[Any]:
        read = (self.make(values(item)) for item in self._client.sync_batch_get(TABLE, [key(id) for id in ids]))
        found = {basket.id: basket for basket in read}
        return [found[id] for id in ids]

    def page(self) -> list[Any]:
        listed = self._client.sync_query(
            TABLE,
            "#list = :list",
            expression_attribute_names={"#list": "_list"},
            expression_attribute_values={":list": PARTITION},
            limit=PAGE,
            index_name=INDEX,
        )
        return self.get_many([entry["pk"].partition("#")[2] for entry in listed])

    def put(self, basket: Any) -> None:
        self._client.sync_put_item(
            TABLE,
            {**key(basket.id), **attributes(basket.model_dump(mode="json"))},
            condition_expression="attribute_not_exists(#pk)",
            expression_attribute_names={"#pk": "pk"},
        )

    def save(self, basket: Any) -> None:
        written = attributes(basket.model_dump(mode="json"))
        self._client.sync_update_item(
            TABLE,
            key(basket.id),
            update_expression="SET " + ", ".join(f"#{name} = :{name}" for name in written),
            condition_expression="#version = :expected",
            expression_attribute_names={f"#{name}": name for name in written},
            expression_attribute_values={
                ":expected": basket.version,
                **{f":{name}": value for name, value in written.items()},
            },
        )

    def put_together(self, baskets: Sequence[Any]) -> None:
        self._client.sync_transact_write(
            [
                {
                    "type": "put",
                    "table": TABLE,
                    "item": {**key(basket.id), **attributes(basket.model_dump(mode="json"))},
                    "condition_expression": "attribute_not_exists(#pk)",
                    "expression_attribute_names": {"#pk": "pk"},
                }
                for basket in baskets
            ]
        )


def create(endpoint: str) -> Pydynox:
    return Pydynox(endpoint)
