"""Values as texts that sort as the values do, so that all adapters order alike."""

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from domain.kernel.text import fold

MAX_SORT_TEXT = 200
"""How many characters of a folded text count for its place in a listing."""

_LONGEST: dict[type[Any], int] = {str: 4 * MAX_SORT_TEXT, int: 43, Decimal: 43, date: 10, datetime: 32, UUID: 36}
"""How many bytes `ordered` takes at most for a value of each type."""
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def ordered(value: Any) -> str:
    """A text without NUL that compares with others as `value` does with other values of its type.

    Texts compare ignoring case and accents, by their first 200 folded characters; constants of an Enum by their values.

    >>> sorted([10, 9, -2, -10], key=ordered)
    [-10, -2, 9, 10]
    """
    if type(value) is str:
        return fold(value)[:MAX_SORT_TEXT].replace("\0", "\1")
    match value:
        case Enum():
            return ordered(value.value)
        case int() | Decimal():
            return _ordered_number(Decimal(value))
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
    raise TypeError(f"{type(value).__name__} has no order")


def exact(value: Any) -> str:
    """A text that only equal values of one type have."""
    match value:
        case Enum():
            return exact(value.value)
        case str():
            return value
        case int():
            return str(int(value))
    return ordered(value)


def _ordered_number(number: Decimal) -> str:
    """Its sign, its exponent, its digits. All are turned round if it is negative; the end then sorts after any digit."""
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    if not digits:
        return "1"
    magnitude = f"{number.adjusted() + 500:03d}{digits}"
    return f"0{magnitude.translate(_COMPLEMENT)}~" if number.is_signed() else f"2{magnitude}"


def longest(kind: Any) -> int | None:
    """How many bytes `ordered` takes at most for a value of the type `kind`; None if it takes no such value."""
    if not isinstance(kind, type):
        return None
    if issubclass(kind, Enum):
        texts = [ordered(constant) for constant in kind if longest(type(constant.value)) is not None]
        return max((len(text.encode()) for text in texts), default=None) if len(texts) == len(kind) else None
    return next((_LONGEST[base] for base in kind.__mro__ if base in _LONGEST), None)
