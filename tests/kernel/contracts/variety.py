"""Different values of a field, of whatever type a listing can be by."""

from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from types import UnionType
from typing import Annotated
from typing import Any
from typing import Literal
from typing import Union
from typing import get_args
from typing import get_origin
from uuid import UUID

from domain.kernel.entity import Entity


def a_value(kind: type[Entity], field: str, number: int) -> Any:
    """The value of that number: another for each, as far as there are so many, and later in order the higher it is."""
    whole = _within_bounds(kind.model_fields[field].metadata, number)
    [type] = {possible for possible in _possible(kind.model_fields[field].annotation) if possible is not None}
    if isinstance(type, tuple):
        return type[number % len(type)]
    values = {
        str: lambda: f"{'vV'[number % 2]}{number:03d}",  # in another order, unless case is ignored
        bool: lambda: number % 2 == 1,
        int: lambda: whole,
        Decimal: lambda: Decimal(whole),
        datetime: lambda: datetime(2026, 1, 31, tzinfo=UTC) + timedelta(hours=number),
        date: lambda: date(2026, 1, 31) + timedelta(days=number),
        UUID: lambda: UUID(int=number, version=4),
    }
    return next(value() for base, value in values.items() if issubclass(type, base))


def may_be_none(kind: type[Entity], field: str) -> bool:
    """Whether an entity may have no value of the field."""
    return None in _possible(kind.model_fields[field].annotation)


def _within_bounds(constraints: Sequence[Any], number: int) -> int:
    """The whole number of that number, from the first that is allowed on, or from 1; begins anew after the last."""
    bounds = {
        name: getattr(each, name) for each in constraints for name in ("ge", "gt", "le", "lt") if hasattr(each, name)
    }
    first = int(bounds["gt"]) + 1 if "gt" in bounds else int(bounds.get("ge", 1))
    end = int(bounds["le"]) + 1 if "le" in bounds else int(bounds.get("lt", first + 1000))
    return first + number % (end - first)


def _possible(annotation: Any) -> set[Any]:
    """What a field of that annotation holds: a type, all constants of one, None."""
    origin = get_origin(annotation)
    if annotation in (None, NoneType):
        return {None}
    if origin is Annotated:
        return _possible(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return set().union(*map(_possible, get_args(annotation)))
    if origin is Literal:
        return {get_args(annotation)}
    return {tuple(annotation)} if issubclass(annotation, Enum) else {annotation}
