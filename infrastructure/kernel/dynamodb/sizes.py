"""How many bytes an item takes, by DynamoDB's rules, and how many it may.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import json
from collections.abc import Mapping
from typing import Any

from domain.kernel.entity import Entity
from domain.kernel.errors import TooLarge
from infrastructure.kernel.dynamodb.codec import JsonItem
from infrastructure.kernel.dynamodb.codec import native_item

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MAX_ITEM_BYTES = 400 * 1024
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024


def exact(item: JsonItem) -> int:
    """The bytes that `item` takes; for numbers, which DynamoDB only estimates, never less."""
    return size(native_item({name: json.loads(value) for name, value in item.items()}))


def require_size(kind: str, entity: Entity, item: JsonItem, *, at_most: int) -> None:
    """Passes if DynamoDB can hold `item`, which is to be stored of `entity`.

    `at_most` is a number of bytes that it does not exceed, such as those of a JSON text with the item in it: those are
    quick to tell.

    Raises:
        TooLarge: it cannot.
    """
    if at_most > MAX_ITEM_BYTES and (bytes := exact(item)) > MAX_ITEM_BYTES:
        raise TooLarge(kind, entity.id, size=bytes, limit=MAX_ITEM_BYTES)


def size(item: Mapping[str, Any]) -> int:
    """The same of an item as botocore has it."""
    return sum(len(name.encode()) + _size(attribute) for name, attribute in item.items())


def _size(attribute: Mapping[str, Any]) -> int:
    [(type, value)] = attribute.items()
    match type:
        case "S":
            return len(value.encode())
        case "N":
            return len(value) // 2 + 2
        case "B":
            return len(value)
        case "L":
            return 3 + sum(1 + _size(member) for member in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(member) for name, member in value.items())
        case "SS" | "NS" | "BS":
            return sum(_size({type[0]: member}) for member in value)
    return 1
