"""Reading the whole table, in segments. For operators: no request of a client does it."""

import json
from collections.abc import Sequence
from typing import Any

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unreadable
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.schema import GONE
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import ROOT
from infrastructure.kernel.dynamodb.schema import SK
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.store import Segment
from infrastructure.kernel.store import Stretch

MAX_SCANNED = 500
"""How many items one request reads at most, of whatever kind, and up to 1 MB of them: so often progress can be kept."""


def scan(table: Table, mappers: Sequence[Mapper[Any]], segment: Segment, after: str | None) -> Stretch:
    """A stretch of those entities that `mappers` are for.

    Raises:
        InvalidArgument: `after` is no key.
    """
    request: dict[str, Any] = {
        "TableName": table.name,
        "Segment": segment.number,
        "TotalSegments": segment.of,
        "Limit": MAX_SCANNED,
        "FilterExpression": "#sk = :root AND attribute_not_exists(#gone)",
        "ExpressionAttributeNames": {"#sk": SK, "#gone": GONE},
        "ExpressionAttributeValues": {":root": {"S": ROOT}},
    }
    if after is not None:
        request["ExclusiveStartKey"] = key_of(after)
    answer = table.call("Scan", **request)
    entities: list[Entity] = []
    unreadable: list[Unreadable] = []
    for item in answer["Items"]:
        mapper = next((each for each in mappers if each.owns(item)), None)
        try:
            entity = None if mapper is None else mapper.entity(item)
        except Unreadable as exc:
            unreadable.append(exc)
        else:
            entities += [] if entity is None else [entity]
    last = answer.get("LastEvaluatedKey")
    return Stretch(entities, unreadable, None if last is None else json.dumps(last), answer["ScannedCount"])


def key_of(after: str) -> Item:
    """The key that a stretch ended with.

    Raises:
        InvalidArgument: it is none.
    """
    try:
        key = {name: {"S": str(json.loads(after)[name]["S"])} for name in (PK, SK)}
    except (LookupError, TypeError, ValueError) as exc:
        raise InvalidArgument("after", "is no place in what is stored") from exc
    return key
