"""The baseline: boto3's client, its own type (de)serializer, and pydantic."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import boto3
from boto3.dynamodb.types import TypeDeserializer
from boto3.dynamodb.types import TypeSerializer

from benchmarks.data import INDEX
from benchmarks.data import PAGE
from benchmarks.data import PARTITION
from benchmarks.data import TABLE
from benchmarks.data import key
from benchmarks.plain import Basket
from benchmarks.plain import attributes
from benchmarks.plain import values
from benchmarks.variants import Variant

BATCH = 100
_decode = TypeDeserializer().deserialize
_encode = TypeSerializer().serialize


class Boto3Client(Variant[Basket]):
    def __init__(self, endpoint: str) -> None:
        self._client = boto3.client("dynamodb", endpoint_url=endpoint)

    def make(self, values: Mapping[str, Any]) -> Basket:
        return Basket.model_validate(values)

    def plain(self, basket: Basket) -> Any:
        return basket.model_dump(mode="json")

    def get(self, id: str) -> Basket:
        return _read(self._client.get_item(TableName=TABLE, Key=key(id))["Item"])

    def get_many(self, ids: Sequence[str]) -> list[Basket]:
        found: dict[str, Basket] = {}
        for start in range(0, len(ids), BATCH):
            self._fetch([key(id) for id in ids[start : start + BATCH]], found)
        return [found[id] for id in ids]

    def page(self) -> list[Basket]:
        listed = self._client.query(
            TableName=TABLE,
            IndexName=INDEX,
            KeyConditionExpression="#list = :list",
            ExpressionAttributeNames={"#list": "_list"},
            ExpressionAttributeValues={":list": {"S": PARTITION}},
            Limit=PAGE,
        )
        found: dict[str, Basket] = {}
        keys = [{"pk": entry["pk"], "sk": entry["sk"]} for entry in listed["Items"]]
        self._fetch(keys, found)
        return [found[key["pk"]["S"].partition("#")[2]] for key in keys]

    def put(self, basket: Basket) -> None:
        self._client.put_item(**_put(basket))

    def save(self, basket: Basket) -> None:
        written = _written(basket)
        self._client.update_item(
            TableName=TABLE,
            Key=key(basket.id),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in written),
            ConditionExpression="#version = :expected",
            ExpressionAttributeNames={f"#{name}": name for name in written},
            ExpressionAttributeValues={
                ":expected": _encode(basket.version),
                **{f":{name}": value for name, value in written.items()},
            },
        )

    def put_together(self, baskets: Sequence[Basket]) -> None:
        puts: list[Any] = [{"Put": _put(basket)} for basket in baskets]
        self._client.transact_write_items(TransactItems=puts, ClientRequestToken=str(uuid4()))

    def _fetch(self, keys: Iterable[Mapping[str, Any]], found: dict[str, Basket]) -> None:
        left: Any = {TABLE: {"Keys": list(keys)}}
        while left:
            answer = self._client.batch_get_item(RequestItems=left)
            for item in answer["Responses"][TABLE]:
                basket = _read(item)
                found[basket.id] = basket
            left = answer.get("UnprocessedKeys")


def _read(item: Mapping[str, Any]) -> Basket:
    return Basket.model_validate(values({name: _decode(value) for name, value in item.items()}))


def _written(basket: Basket) -> dict[str, Any]:
    return {name: _encode(value) for name, value in attributes(basket.model_dump()).items()}


def _put(basket: Basket) -> dict[str, Any]:
    return {
        "TableName": TABLE,
        "Item": {**key(basket.id), **_written(basket)},
        "ConditionExpression": "attribute_not_exists(#pk)",
        "ExpressionAttributeNames": {"#pk": "pk"},
    }


def create(endpoint: str) -> Boto3Client:
    return Boto3Client(endpoint)
