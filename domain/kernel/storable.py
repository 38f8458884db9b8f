"""Which types of fields can be stored, and told apart when they are read."""

import types
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from typing import Any
from typing import Literal
from typing import Union
from typing import get_args
from typing import get_origin
from uuid import UUID

from pydantic import BaseModel

_TEXTS = (str, datetime, date, UUID)
_NUMBERS = (int, float, Decimal)
_OTHERS = (bool, bytes, types.NoneType)


def require_storable(field: str, annotation: Any, values: type[BaseModel]) -> None:
    """Passes if whatever `annotation` allows can be stored and read back as it was; `values` may be nested.

    Raises:
        TypeError: it cannot, or could be changed in place; names the field and the type.
    """
    for leaf in leaves(annotation):
        if leaf not in (*_TEXTS, *_NUMBERS, *_OTHERS) and not (
            isinstance(leaf, type) and issubclass(leaf, Enum | values)
        ):
            raise TypeError(f"{field}: {leaf} can be changed in place or cannot be stored")
    for members in _unions(annotation):
        alike: dict[Any, list[Any]] = {}
        for member in members:
            alike.setdefault(_stored_as(member), []).append(member)
        for stored_as, rivals in alike.items():
            if len(rivals) > 1 and not (stored_as is BaseModel and _are_tagged(rivals)):
                names = " and ".join(getattr(rival, "__name__", str(rival)) for rival in rivals)
                raise TypeError(f"{field}: what is stored of {names} cannot be told apart")


def leaves(annotation: Any) -> Iterator[Any]:
    """The types that `annotation` allows, inside tuples, frozensets and unions."""
    origin = get_origin(annotation)
    if origin is Literal:
        yield from map(type, get_args(annotation))
    elif origin is Annotated:
        yield from leaves(get_args(annotation)[0])
    elif origin in (tuple, frozenset, Union, types.UnionType):
        for argument in get_args(annotation):
            if argument is not Ellipsis:
                yield from leaves(argument)
    else:
        yield annotation


def _unions(annotation: Any) -> Iterator[tuple[Any, ...]]:
    """The members of every union in `annotation`."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        yield get_args(annotation)
    if origin is not Literal:
        for argument in get_args(annotation):
            yield from _unions(argument)


def _stored_as(member: Any) -> Any:
    """What tells `member` of a union from the others in a store: two with the same answer look alike there."""
    if get_origin(member) in (tuple, frozenset):
        return tuple
    [leaf, *_] = leaves(member)
    if issubclass(leaf, Enum):
        [leaf, *_] = {type(constant.value) for constant in leaf}
    if leaf in _TEXTS:
        return str
    if leaf in _NUMBERS:
        return Decimal
    return BaseModel if issubclass(leaf, BaseModel) else leaf


def _are_tagged(values: list[type[BaseModel]]) -> bool:
    """Whether a field that all of `values` have is a `Literal` that differs in each."""
    for name in set.intersection(*(set(value.model_fields) for value in values)):
        annotations = [value.model_fields[name].annotation for value in values]
        tags = [tag for annotation in annotations for tag in get_args(annotation)]
        if all(get_origin(annotation) is Literal for annotation in annotations) and len(set(tags)) == len(tags):
            return True
    return False
