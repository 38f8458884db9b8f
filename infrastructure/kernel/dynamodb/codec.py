"""Values as DynamoDB's attribute values, and back; as botocore has them, and as JSON.

DynamoDB keeps numbers of up to 38 significant digits, from 1E-130 to below 1E+126, and drops zeros at their end. Every
number that a `Value` may hold lies within that, and gets its zeros back from its field when it is read.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

import json
from base64 import b64decode
from base64 import b64encode
from collections.abc import Callable
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from json.encoder import encode_basestring_ascii
from typing import Any
from uuid import UUID

from domain.kernel.value import Value

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]
JsonItem = dict[str, str]
"""An item whose attribute values are JSON."""

quoted: Callable[[str], str] = encode_basestring_ascii
"""A text as JSON."""


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
    return {name: encode(getattr(value, name)) for name in type(value).model_fields}


def to_json(value: Any) -> str:
    """What `encode` returns, as JSON."""
    return json_of(encode(value))


def json_of(attribute: Mapping[str, Any]) -> str:
    """An attribute value, or anything that has some in it, as JSON, which has bytes in base64."""
    return _ENCODER.encode(attribute)


_ENCODER = json.JSONEncoder(default=lambda value: b64encode(value).decode(), separators=(",", ":"))


def joined(members: Mapping[str, str]) -> str:
    """An object of JSON, whose members are JSON already."""
    return "{" + ",".join([f"{quoted(name)}:{value}" for name, value in members.items()]) + "}"


def with_bytes(content: Any) -> Any:
    """What an answer has in it, anywhere, with bytes in place of texts in base64."""
    match content:
        case {"B": str() as text, **others} if not others:
            return {"B": _bytes(text)}
        case {"BS": list() as texts, **others} if not others:
            return {"BS": [_bytes(text) for text in texts]}
        case Mapping():
            return {name: with_bytes(member) for name, member in content.items()}
        case list():
            return [with_bytes(member) for member in content]
    return content


def native_item(item: Any) -> Item:
    """An item out of JSON as botocore has it, with bytes in place of texts in base64. Raises ValueError if it is none."""
    if not isinstance(item, Mapping):
        raise ValueError("must be attributes by name")  # noqa: TRY004  # of what is stored, not of a caller
    return {name: native(attribute) for name, attribute in item.items()}


def native(attribute: Any) -> AttributeValue:
    """The same of an attribute value."""
    if not (isinstance(attribute, Mapping) and len(attribute) == 1):
        raise ValueError("must be a value by its one type")
    [(type, value)] = attribute.items()
    match type, value:
        case "B", bytes() | str():
            return {type: _bytes(value)}
        case "BS", list() if all(isinstance(member, bytes | str) for member in value):
            return {type: [_bytes(member) for member in value]}
        case "L", list():
            return {type: [native(member) for member in value]}
        case "M", Mapping():
            return {type: native_item(value)}
        case ("S" | "N", str()) | ("BOOL" | "NULL", bool()):
            return {type: value}
        case "SS" | "NS", list() if all(isinstance(member, str) for member in value):
            return {type: value}
    raise ValueError(f"{type} is no type of DynamoDB's, or another value")


def _bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else b64decode(value, validate=True)


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
