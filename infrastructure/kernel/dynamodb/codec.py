"""Values as DynamoDB's attribute values, and back.

DynamoDB keeps numbers of up to 38 significant digits, from 1E-130 to below 1E+126, and drops zeros at their end. Every
number that a `Value` may hold lies within that, and gets its zeros back from its field when it is read.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from domain.kernel.value import Value

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]


def encode(value: Any) -> AttributeValue:
    """What stores `value`, which a field of a `Value` holds."""
    match value:
        case None:
            return {"NULL": True}
        case Enum():
            return encode(value.value)
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case float():
            return {"N": repr(value)}
        case bytes():
            return {"B": value}
        case date() | UUID():
            return {"S": value.isoformat() if isinstance(value, date) else str(value)}
        case tuple():
            return {"L": [encode(member) for member in value]}
        case frozenset():
            # A list, for a set in DynamoDB can neither be empty nor mixed; in one order, so that equal sets are equal.
            return {"L": sorted(map(encode, value), key=repr)}
        case Value():
            return {"M": encode_fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be stored")


def encode_fields(value: Value) -> Item:
    """The fields of `value`, each encoded, under their own names."""
    return {name: encode(field) for name, field in value}


def decode(attribute: Mapping[str, Any]) -> Any:
    """What an attribute value holds, for pydantic to make of it what the field asks for."""
    [(type, value)] = attribute.items()
    match type:
        case "S" | "BOOL" | "B":
            return value
        case "N":
            return _number(value)
        case "NULL":
            return None
        case "L":
            return [decode(member) for member in value]
        case "M":
            return {name: decode(member) for name, member in value.items()}
        case "SS" | "BS":
            return list(value)
        case "NS":
            return [_number(number) for number in value]
    raise TypeError(f"{type} is no type of DynamoDB's")


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def size(item: Mapping[str, Any]) -> int:
    """The bytes that `item` takes, by DynamoDB's rules; for numbers, which it only estimates, never less.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
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
    return 1
