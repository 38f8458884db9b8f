"""Copying items into the tables that their aggregates have of their own by now. For operators, while nobody writes."""

import json
from collections.abc import Mapping
from typing import Any

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.schema import EVENTS
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import SK
from infrastructure.kernel.dynamodb.schema import TRACE
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.segments import Step
from infrastructure.kernel.store import Segment

MAX_COPIED = 100
"""How many items one step reads at most, and up to 1 MB of them: so often progress is kept."""


def copying(main: Table, tables: Mapping[str, Table]) -> Step:
    """Copies every item of `main` whose partition key begins with a key of `tables` into that table.

    An item is copied as it is, tombstones and unknown attributes included, but for its events, which the stream of `main`
    carries out. An item that the other table has already is never overwritten.
    """

    def step(segment: Segment, before: Progress) -> Progress:
        request: dict[str, Any] = {
            "TableName": main.name,
            "Segment": segment.number,
            "TotalSegments": segment.of,
            "Limit": MAX_COPIED,
            "ConsistentRead": True,
        }
        if before.after is not None:
            request["ExclusiveStartKey"] = _key(before.after)
        answer = main.call("Scan", **request)
        items = [(tables[prefix], item) for item in answer["Items"] for prefix in tables if _begins(item, prefix)]
        copied = sum(main.in_parallel(lambda pair: _put(*pair), items))
        last = answer.get("LastEvaluatedKey")
        return before.advanced(
            after=None if last is None else json.dumps(last),
            seen=answer["ScannedCount"],
            copied=copied,
            existing=len(items) - copied,
        )

    return step


def _key(after: str) -> Item:
    try:
        told = json.loads(after)
        return {name: {"S": str(told[name]["S"])} for name in (PK, SK)}
    except (LookupError, TypeError, ValueError) as exc:
        raise InvalidArgument("after", "is no place in what is stored") from exc


def _begins(item: Item, prefix: str) -> bool:
    return str(item[PK]["S"]).startswith(prefix)


def _put(table: Table, item: Item) -> bool:
    """Whether the item was put there; not, if there is one already."""
    try:
        table.call(
            "PutItem",
            TableName=table.name,
            Item={name: value for name, value in item.items() if name not in (EVENTS, TRACE)},
            ConditionExpression="attribute_not_exists(#pk)",
            ExpressionAttributeNames={"#pk": PK},
        )
    except Refused:
        return False
    return True
