"""A transport that counts the units of what it carries."""

import json
import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any
from typing import NamedTuple

from infrastructure.kernel.costs.units import CONSISTENTLY
from infrastructure.kernel.costs.units import EVENTUALLY
from infrastructure.kernel.costs.units import IN_TRANSACTION
from infrastructure.kernel.costs.units import WRITTEN_IN_TRANSACTION
from infrastructure.kernel.costs.units import Index
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.costs.units import read_units
from infrastructure.kernel.costs.units import write_units
from infrastructure.kernel.dynamodb.answers import body_of
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import native_item
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import Transport

_REFUSALS = ("ConditionalCheckFailedException", "TransactionCanceledException")
"""Errors of writes that consume units all the same."""
_IRRELEVANT = ("FilterExpression", "ProjectionExpression", "Select")
"""Parameters of Query and Scan that change the answer, but not what is read for it."""

Request = Mapping[str, Any]


class _Schema(NamedTuple):
    """The keys of a table, and its indexes."""

    keys: tuple[str, ...]
    indexes: tuple[Index, ...]


class _Place(NamedTuple):
    """A key of a table, and the item that a request puts there, if it puts one."""

    table: str
    key: Mapping[str, Any]
    put: Item | None = None


class Meter(Transport):
    """Counts the units of requests by the items that they read and write. It asks for these itself, which does not count.

    For one thread, and a server that nobody else writes to. Two things it cannot know: the size that an update would
    have had, if it is refused; and that a transaction is repeated under its token, which counts as another write.

    Attributes:
        units: those of all requests so far.
    """

    def __init__(self, transport: Transport) -> None:
        self.ends_in_time = transport.ends_in_time
        self.units = Units()
        self._transport = transport
        self._schema = cache(self._described)

    def send(self, operation: str, body: bytes) -> Answer:
        request = json.loads(body)
        written = list(self._written(operation, request))
        before = [self._item(place) for place in written]
        answer = self._transport.send(operation, body)
        self.units = self.units.plus(self._units(operation, request, answer, list(zip(written, before, strict=True))))
        return answer

    def close(self) -> None:
        self._transport.close()

    def _units(
        self, operation: str, request: Request, answer: Answer, written: list[tuple[_Place, Item | None]]
    ) -> Units:
        times = WRITTEN_IN_TRANSACTION if operation == "TransactWriteItems" else 1
        if answer.status == HTTPStatus.OK:
            said = json.loads(answer.body)
            left = list(self._of_batch(said.get("UnprocessedItems", {})))
            units = (
                write_units(old, self._item(place), self._schema(place.table).indexes)
                for place, old in written
                if place not in left
            )
            return Units(self._read(operation, request, said), times * sum(units))
        if answer.status == HTTPStatus.BAD_REQUEST and json.loads(answer.body)["__type"].endswith(_REFUSALS):
            return Units(write=times * sum(write_units(old, place.put) for place, old in written))
        return Units()

    def _written(self, operation: str, request: Request) -> Iterator[_Place]:
        """What a request writes to."""
        match operation:
            case "PutItem":
                yield self._put(request["TableName"], request)
            case "UpdateItem" | "DeleteItem":
                yield _place(request)
            case "BatchWriteItem":
                yield from self._of_batch(request["RequestItems"])
            case "TransactWriteItems":
                for action in request["TransactItems"]:
                    [(kind, given)] = action.items()
                    yield self._put(given["TableName"], given) if kind == "Put" else _place(given)

    def _of_batch(self, requests: Mapping[str, Any]) -> Iterator[_Place]:
        for table, writes in requests.items():
            for write in writes:
                [(kind, given)] = write.items()
                yield self._put(table, given) if kind == "PutRequest" else _Place(table, given["Key"])

    def _put(self, table: str, given: Mapping[str, Any]) -> _Place:
        item = given["Item"]
        return _Place(table, {name: item[name] for name in self._schema(table).keys}, native_item(item))

    def _read(self, operation: str, request: Request, answer: Mapping[str, Any]) -> float:
        """The units of a request that reads."""
        match operation:
            case "GetItem":
                return self._one_by_one([_place(request)], _per_block(request))
            case "BatchGetItem":
                left = answer.get("UnprocessedKeys", {})
                return sum(
                    self._one_by_one(_places(table, asked, left.get(table, {})), _per_block(asked))
                    for table, asked in request["RequestItems"].items()
                )
            case "TransactGetItems":
                return self._one_by_one((_place(each["Get"]) for each in request["TransactItems"]), IN_TRANSACTION)
            case "Query" | "Scan":
                return self._together(operation, request)
        return 0

    def _one_by_one(self, places: Iterable[_Place], per_block: float) -> float:
        """The units of items that are read each by itself, whether it is there or not."""
        items = (self._item(place) for place in places)
        return sum(read_units([] if item is None else [item], per_block=per_block) for item in items)

    def _together(self, operation: str, request: Request) -> float:
        """The units of items that are read as one: of all that are looked at, whatever is answered."""
        condition = request.get("KeyConditionExpression", "")
        asked = {name: value for name, value in request.items() if name not in _IRRELEVANT}
        for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            given = asked.pop(name, {})
            if used := {token: given[token] for token in re.findall(r"[#:]\w+", condition) if token in given}:
                asked[name] = used
        items = self._ask(operation, asked)["Items"]
        return read_units(map(native_item, items), per_block=_per_block(request))

    def _item(self, place: _Place) -> Item | None:
        """What is there now."""
        answer = self._ask("GetItem", {"TableName": place.table, "Key": place.key, "ConsistentRead": True})
        return native_item(answer["Item"]) if "Item" in answer else None

    def _described(self, table: str) -> _Schema:
        described = self._ask("DescribeTable", {"TableName": table})["Table"]
        keys = _keys(described)
        indexes = (*described.get("GlobalSecondaryIndexes", ()), *described.get("LocalSecondaryIndexes", ()))
        return _Schema(keys, tuple(_index(each, keys) for each in indexes))

    def _ask(self, operation: str, request: Request) -> Any:
        return json.loads(body_of(self._transport.send(operation, json.dumps(request).encode())))


def _place(given: Mapping[str, Any]) -> _Place:
    return _Place(given["TableName"], given["Key"])


def _places(table: str, asked: Mapping[str, Any], left: Mapping[str, Any]) -> Iterator[_Place]:
    """What BatchGetItem has read of a table: all but the keys that it left."""
    return (_Place(table, key) for key in asked["Keys"] if key not in left.get("Keys", ()))


def _per_block(request: Request) -> float:
    return CONSISTENTLY if request.get("ConsistentRead") else EVENTUALLY


def _keys(described: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in described["KeySchema"])


def _index(described: Mapping[str, Any], keys: tuple[str, ...]) -> Index:
    own, projection = _keys(described), described["Projection"]
    if projection["ProjectionType"] == "ALL":
        return Index(own, None)
    return Index(own, frozenset([*keys, *own, *projection.get("NonKeyAttributes", ())]))
