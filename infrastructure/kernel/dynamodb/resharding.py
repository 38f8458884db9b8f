"""Putting entities into other shards of their listings, while the service runs.

A shard of a listing depends on type and id alone. So an entity gets its shard by an update of that attribute, whatever
version is stored, on the one condition that it is listed. The update leaves version, events and write id as they are.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from threading import Event
from typing import Any

from domain.kernel.errors import TooLarge
from infrastructure.kernel.dynamodb import scanning
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.errors import Oversized
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import SK
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.sizes import MAX_ITEM_BYTES
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.persistence import Resharded
from infrastructure.kernel.store import Segment


def reshard(
    kept: Mapping[Table, Sequence[Mapper[Any]]], segment: Segment, after: str | None, stop: Event, *, main: Table
) -> Resharded | None:
    """Gives the items of a stretch the partition keys that they lack; None if `stop` was set before that was done.

    The mappers are for what is kept in these tables; `after` is as `scanning.scan` has it.

    Raises:
        InvalidArgument: no stretch has ended there.
    """
    tables = list(kept)
    table, key = scanning.place(after, tables, main)
    mappers = kept[table]
    indexes = {index for mapper in mappers for index in mapper.indexes}
    names = [PK, SK, *sorted({name for index in indexes for name in (index.partition, index.sort)})]
    request: dict[str, Any] = {
        "TableName": table.name,
        "Segment": segment.number,
        "TotalSegments": segment.of,
        "Limit": scanning.MAX_SCANNED,
        "ConsistentRead": True,  # or an entity that was written just before would be passed over
        "ProjectionExpression": ", ".join(f"#{number}" for number in range(len(names))),
        "ExpressionAttributeNames": {f"#{number}": name for number, name in enumerate(names)},
    }
    if key is not None:
        request["ExclusiveStartKey"] = key
    answer = table.call("Scan", **request)
    given, failed = 0, list[TooLarge]()
    for item in answer["Items"]:
        mapper = next((each for each in mappers if each.owns(item)), None)
        if stop.is_set():
            return None
        try:
            given += mapper is not None and _give(table, mapper, item)
        except TooLarge as exc:
            failed.append(exc)
    following = scanning.place_after(table, answer.get("LastEvaluatedKey"), tables, main)
    return Resharded(given, failed, following, answer["ScannedCount"])


def _give(table: Table, mapper: Mapper[Any], item: Item) -> bool:
    """Gives an item the partition keys that it lacks. A removed item, or one that is in no listing any more, lacks none.

    Returns:
        Whether it lacked any.

    Raises:
        TooLarge: there is no room for them in the item.
    """
    key = {name: item[name] for name in (PK, SK)}
    while item and (lacking := mapper.lacking(item)):
        try:
            table.call("UpdateItem", TableName=table.name, Key=key, **_giving(lacking))
        except Refused as refused:
            item = refused.old[0] or {}
        except Oversized as exc:
            raise TooLarge(mapper.name, mapper.id(key), size=None, limit=MAX_ITEM_BYTES) from exc
        else:
            return True
    return False


def _giving(lacking: Mapping[Index, str]) -> Mapping[str, Any]:
    """The update that sets these partition keys, on the condition that the item still has the sort keys beside them.

    A tombstone has none, so it stays as it is, and an item that is gone is not made again.
    """
    names = {f"#list_{number}": index.partition for number, index in enumerate(lacking)}
    listed = {f"#position_{number}": sort for number, sort in enumerate({index.sort: None for index in lacking})}
    return {
        "UpdateExpression": "SET " + ", ".join(f"{name} = {name.replace('#', ':')}" for name in names),
        "ConditionExpression": " AND ".join(f"attribute_exists({name})" for name in listed),
        "ExpressionAttributeNames": {**names, **listed},
        "ExpressionAttributeValues": {f":list_{number}": {"S": key} for number, key in enumerate(lacking.values())},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
