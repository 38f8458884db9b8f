"""The one form that every number, datetime and set has: equal values are rendered alike, whatever store they were in."""

from collections.abc import Callable
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from decimal import Context
from decimal import Decimal
from decimal import Inexact
from decimal import InvalidOperation
from decimal import Overflow
from decimal import Subnormal
from functools import partial
from typing import Any

from pydantic_core import PydanticCustomError
from pydantic_core import core_schema

from domain.kernel.exact_json import as_float
from domain.kernel.exact_json import as_written

MAX_DIGITS = 38
MAX_EXPONENT = 100
"""Numbers are 0, or at least 1E-100 and less than 1E+100, whatever their sign."""

_MAX_INTEGER = 10**MAX_DIGITS - 1
_END_OF_FLOATS = 10.0**MAX_EXPONENT
_MIN_FLOAT = 10.0**-MAX_EXPONENT

_ZERO = Decimal(0)
_ONE = Decimal(1)
_SHORTEST = Context(MAX_DIGITS, Emin=-MAX_EXPONENT, Emax=MAX_EXPONENT - 1, traps=[Inexact, Overflow, Subnormal])
_WRITTEN_OUT = Context(MAX_EXPONENT)
_WITH_PLACES = Context(MAX_DIGITS, traps=[Inexact, InvalidOperation])

_MARK = "is_normal_form"


def keep_normal_forms(schema: core_schema.CoreSchema) -> None:
    """Makes `schema` give every value in its normal form, inside tuples, sets and unions, too. Changes it in place."""
    for node in _nodes(schema):
        _keep_normal_form(node)


def _keep_normal_form(node: dict[str, Any]) -> None:
    if _MARK in node.get("metadata", {}):
        return
    for part in ("schema", "fields", "items_schema", "choices", "steps"):
        for inner in _nodes(node.get(part)):
            _keep_normal_form(inner)
    if node["type"] == "frozenset":
        node.setdefault("serialization", _IN_ORDER)
        return
    normal_form = _normal_form(node)
    if normal_form is not None:
        kept = core_schema.no_info_after_validator_function(normal_form, _exact(node), metadata={_MARK: True})
        node.clear()
        node.update(kept)


def _exact(node: dict[str, Any]) -> Any:
    """`node`, which takes from JSON what `read_json` gives for a number."""
    read = {"decimal": as_written, "float": as_float, "datetime": as_float}.get(node["type"])
    if read is None:
        return dict(node)
    from_json = core_schema.no_info_before_validator_function(read, dict(node))
    return core_schema.json_or_python_schema(from_json, dict(node))


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    """The schemas in a part of a schema: itself, a sequence of them, or a mapping."""
    if isinstance(part, dict) and isinstance(part.get("type"), str):
        yield part
    elif isinstance(part, dict):
        yield from part.values()
    elif isinstance(part, list | tuple):
        for member in part:
            yield from _nodes(member)


def _normal_form(node: dict[str, Any]) -> Callable[[Any], Any] | None:
    """What makes the normal form of what `node` gives; None if it gives nothing else."""
    match node:
        case {"type": "decimal", "decimal_places": int(places)}:
            return partial(_with_places, unit=Decimal((0, (1,), -places)))
        case {"type": "decimal"}:
            return _shortest
        case {"type": "int", "ge": int(least), "le": int(most)} if least >= -_MAX_INTEGER and most <= _MAX_INTEGER:
            return None
        case {"type": "int"}:
            return _integer
        case {"type": "float"}:
            return _float
        case {"type": "datetime"}:
            return _in_utc
        case {"type": "function-after" | "function-wrap", "schema": {"metadata": {"is_normal_form": True}} as inner}:
            once_more: Callable[[Any], Any] = inner["function"]["function"]  # for what the owner's validator gives
            return once_more
    return None


def _shortest(number: Decimal) -> Decimal:
    """`number` without zeros at its end, and without an exponent above 0."""
    try:
        shortest = number.normalize(_SHORTEST)
    except (Overflow, Subnormal):
        raise _beyond() from None
    except Inexact:
        raise _too_precise() from None
    if not shortest:
        return _ZERO
    exponent = shortest.as_tuple().exponent
    return shortest.quantize(_ONE, context=_WRITTEN_OUT) if isinstance(exponent, int) and exponent > 0 else shortest


def _with_places(number: Decimal, unit: Decimal) -> Decimal:
    """`number` with the decimal places of `unit`."""
    try:
        return (number or _ZERO).quantize(unit, context=_WITH_PLACES)
    except (Inexact, InvalidOperation):
        raise _too_precise() from None


def _integer(number: int) -> int:
    if -_MAX_INTEGER <= number <= _MAX_INTEGER:
        return number
    raise PydanticCustomError("digits", "must have at most {digits} digits", {"digits": MAX_DIGITS})


def _float(number: float) -> float:
    """`number`, and 0.0 for -0.0."""
    if not number:
        return 0.0
    if _MIN_FLOAT <= abs(number) < _END_OF_FLOATS:
        return number
    raise _beyond()


def _in_utc(moment: datetime) -> datetime:
    """`moment`, in UTC."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise PydanticCustomError("time_zone", "must carry a time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("time_zone", "must be in the years 1 to 9999 in UTC") from None


def _too_precise() -> PydanticCustomError:
    return PydanticCustomError("digits", "must have at most {digits} significant digits", {"digits": MAX_DIGITS})


def _beyond() -> PydanticCustomError:
    rule = "must be 0 or between 1E-{exponent} and 1E+{exponent}, whatever its sign"
    return PydanticCustomError("magnitude", rule, {"exponent": MAX_EXPONENT})


def _in_order(members: frozenset[Any], render: core_schema.SerializerFunctionWrapHandler) -> list[Any]:
    """The members as they are rendered: numbers by size, then others by their text."""
    pairs = sorted(zip(members, render(members), strict=True), key=_place)
    return [rendered for _, rendered in pairs]


def _place(pair: tuple[Any, Any]) -> tuple[bool, Any, bool]:
    """A text stands before what is no text, and has the same representation: `"None"` before None."""
    member, rendered = pair
    if isinstance(member, int | float | Decimal) and not isinstance(member, bool):
        return False, member, False
    is_text = isinstance(rendered, str)
    return True, rendered if is_text else repr(rendered), not is_text


_IN_ORDER = core_schema.wrap_serializer_function_ser_schema(_in_order, when_used="json")
