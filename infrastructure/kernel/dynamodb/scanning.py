"""Reading all tables, one after the other, in segments. For operators: no request of a client does it."""

import json
from collections.abc import Mapping
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


def scan(kept: Mapping[Table, Sequence[Mapper[Any]]], segment: Segment, after: str | None, *, main: Table) -> Stretch:
    """A stretch of those entities that the mappers are for, which are kept in these tables.

    `after` is a key of the `main` table, or names another table and a key, if the stretch does not begin with that.

    Raises:
        InvalidArgument: `after` is neither.
    """
    tables = list(kept)
    table, key = place(after, tables, main)
    request: dict[str, Any] = {
        "TableName": table.name,
        "Segment": segment.number,
        "TotalSegments": segment.of,
        "Limit": MAX_SCANNED,
        "FilterExpression": "#sk = :root AND attribute_not_exists(#gone)",
        "ExpressionAttributeNames": {"#sk": SK, "#gone": GONE},
        "ExpressionAttributeValues": {":root": {"S": ROOT}},
    }
    if key is not None:
        request["ExclusiveStartKey"] = key
    answer = table.call("Scan", **request)
    entities: list[Entity] = []
    unreadable: list[Unreadable] = []
    for item in answer["Items"]:
        mapper = next((each for each in kept[table] if each.owns(item)), None)
        try:
            entity = None if mapper is None else mapper.entity(item)
        except Unreadable as exc:
            unreadable.append(exc)
        else:
            entities += [] if entity is None else [entity]
    last = answer.get("LastEvaluatedKey")
    return Stretch(entities, unreadable, place_after(table, last, tables, main), answer["ScannedCount"])


def place(after: str | None, tables: Sequence[Table], main: Table) -> tuple[Table, Item | None]:
    """Where a stretch begins: in which table, and after which key.

    Raises:
        InvalidArgument: no stretch has ended there.
    """
    if after is None:
        return tables[0], None
    try:
        told = json.loads(after)
        name, key = (told["table"], told["key"]) if "table" in told else (main.name, told)
        table = {table.name: table for table in tables}[name]
        return table, None if key is None else {name: {"S": str(key[name]["S"])} for name in (PK, SK)}
    except (LookupError, TypeError, ValueError) as exc:
        raise InvalidArgument("after", "is no place in what is stored") from exc


def place_after(table: Table, last: Item | None, tables: Sequence[Table], main: Table) -> str | None:
    """Where the next stretch begins, if this one has ended with the key `last`, or with its table."""
    if last is not None:
        return json.dumps(last if table is main else {"table": table.name, "key": last})
    following = tables[tables.index(table) + 1 :]
    return json.dumps({"table": following[0].name, "key": None}) if following else None
