"""boto3's resource, which converts types by itself, and pydantic."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import boto3
from boto3.dynamodb.conditions import Attr
from boto3.dynamodb.conditions import Key

from benchmarks.data import INDEX
from benchmarks.data import PAGE
from benchmarks.data import PARTITION
from benchmarks.data import TABLE
from benchmarks.plain import Basket
from benchmarks.plain import attributes
from benchmarks.plain import key
from benchmarks.plain import values
from benchmarks.variants import Variant

BATCH = 100


class Boto3Resource(Variant[Basket]):
    def __init__(self, endpoint: str) -> None:
        self._resource = boto3.resource("dynamodb", endpoint_url=endpoint)
        self._table = self._resource.Table(TABLE)

    def make(self, values: Mapping[str, Any]) -> Basket:
        return Basket.model_validate(values)

    def plain(self, basket: Basket) -> Any:
        return basket.model_dump(mode="json")

    def get(self, id: str) -> Basket:
        return Basket.model_validate(values(self._table.get_item(Key=key(id))["Item"]))

    def get_many(self, ids: Sequence[str]) -> list[Basket]:
        found: dict[str, Basket] = {}
        for start in range(0, len(ids), BATCH):
            self._fetch([key(id) for id in ids[start : start + BATCH]], found)
        return [found[id] for id in ids]

    def page(self) -> list[Basket]:
        listed = self._table.query(IndexName=INDEX, KeyConditionExpression=Key("_list").eq(PARTITION), Limit=PAGE)
        found: dict[str, Basket] = {}
        keys: list[Any] = [{"pk": entry["pk"], "sk": entry["sk"]} for entry in listed["Items"]]
        self._fetch(keys, found)
        return [found[key["pk"].partition("#")[2]] for key in keys]

    def put(self, basket: Basket) -> None:
        self._table.put_item(
            Item={**key(basket.id), **attributes(basket.model_dump())}, ConditionExpression=Attr("pk").not_exists()
        )

    def save(self, basket: Basket) -> None:
        written = attributes(basket.model_dump())
        self._table.update_item(
            Key=key(basket.id),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in written),
            ConditionExpression=Attr("version").eq(basket.version),
            ExpressionAttributeNames={f"#{name}": name for name in written},
            ExpressionAttributeValues={f":{name}": value for name, value in written.items()},
        )

    def put_together(self, baskets: Sequence[Basket]) -> None:
        puts: list[Any] = [
            {
                "Put": {
                    "TableName": TABLE,
                    "Item": {**key(basket.id), **attributes(basket.model_dump())},
                    "ConditionExpression": "attribute_not_exists(#pk)",
                    "ExpressionAttributeNames": {"#pk": "pk"},
                }
            }
            for basket in baskets
        ]
        self._resource.meta.client.transact_write_items(TransactItems=puts, ClientRequestToken=str(uuid4()))

    def _fetch(self, keys: Iterable[Mapping[str, Any]], found: dict[str, Basket]) -> None:
        left: Any = {TABLE: {"Keys": list(keys)}}
        while left:
            answer = self._resource.batch_get_item(RequestItems=left)
            for item in answer["Responses"][TABLE]:
                basket = Basket.model_validate(values(item))
                found[basket.id] = basket
            left = answer.get("UnprocessedKeys")


def create(endpoint: str) -> Boto3Resource:
    return Boto3Resource(endpoint)
