"""Values as JSON, and back. Decimals and bytes are marked, so that they are not read as texts."""

import json
from decimal import Decimal
from enum import Enum
from typing import Any

from domain.kernel.value import Value

DECIMAL, BYTES = "#decimal", "#bytes"
"""No field is called so."""


def dump(value: Value | tuple[Value, ...]) -> str:
    """The JSON that stores `value`."""
    return json.dumps(value, default=_plain)


def load(text: str) -> Any:
    """The contents of a JSON that `dump` made. Pydantic makes values of them again."""
    return json.loads(text, object_hook=_restored)


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal():
            return {DECIMAL: str(value)}
        case bytes():
            return {BYTES: value.hex()}
        case frozenset():
            return list(value)
        case Value():
            return dict(value)
    return str(value)  # a date, a datetime or a UUID


def _restored(value: dict[str, Any]) -> Any:
    if DECIMAL in value:
        return Decimal(value[DECIMAL])
    return bytes.fromhex(value[BYTES]) if BYTES in value else value
