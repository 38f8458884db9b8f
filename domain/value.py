"""The base of all data in the domain: frozen, closed, and storable by every adapter."""

import types
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from typing import Any
from typing import ClassVar
from typing import Literal
from typing import Self
from typing import Union
from typing import get_args
from typing import get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import ValidationError

from domain.errors import InvalidArgument
from domain.errors import Violation

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
# The narrowest of the stores sets the limits of all, so that a value kept by one adapter is kept by every other.
MAX_DIGITS = 38
MIN_MAGNITUDE = Decimal("1E-130")
END_OF_MAGNITUDE = Decimal("1E+126")

_LEAVES = (str, int, float, bool, Decimal, datetime, date, UUID, bytes, types.NoneType)
_LIMITED = (int, float, Decimal, datetime)


class Value(BaseModel):
    """Data that never changes, takes no unknown field, and can be stored.

    A field holds `str`, `int`, `float`, `bool`, `Decimal`, `datetime`, `date`, `UUID`, `bytes`, `None`, an `Enum`, a
    `Literal` or another `Value`; or a `tuple`, `frozenset` or union of these. Any other type, a list or dict above
    all, is a `TypeError` when the class is made. Datetimes carry a zone, floats are finite, numbers have at most 38
    digits, texts have no lone surrogates.

    Raises:
        InvalidArgument: on construction and on `evolve`; names every field that breaks a rule.
    """

    # str_min_length changes no rule, but makes pydantic look into every text and so refuse lone surrogates.
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True, str_min_length=0
    )

    _limited: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as exc:
            raise _translated(exc) from exc

    # Without this mark pydantic calls __init__ for every nested value too: slower, and errors lose their path.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # functions take attributes; mypy does not know

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        try:
            return super().model_validate(obj, **options)
        except ValidationError as exc:
            raise _translated(exc) from exc

    def evolve(self, **changes: Any) -> Self:
        """This value with `changes`, validated as if it were new."""
        return self.model_validate({**self.__dict__, **changes})

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            for leaf in _leaves(field.annotation):
                if not (leaf in _LEAVES or (isinstance(leaf, type) and issubclass(leaf, Enum | Value))):
                    raise TypeError(
                        f"{cls.__name__}.{name}: {leaf} can be changed in place or cannot be stored;"
                        f" see {Value.__module__}.{Value.__name__} for the types that can"
                    )
        cls._limited = tuple(
            name
            for name, field in cls.model_fields.items()
            if any(leaf in _LIMITED for leaf in _leaves(field.annotation))
        )

    def model_post_init(self, context: Any, /) -> None:
        violations = [Violation(name, rule) for name in self._limited for rule in _broken_rules(getattr(self, name))]
        if violations:
            raise InvalidArgument.of(violations)


def _leaves(annotation: Any) -> Iterator[Any]:
    """The types a field of `annotation` may hold, inside tuples, frozensets and unions."""
    origin = get_origin(annotation)
    if origin is Literal:
        yield from map(type, get_args(annotation))
    elif origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (tuple, frozenset, Union, types.UnionType):
        for argument in get_args(annotation):
            if argument is not Ellipsis:
                yield from _leaves(argument)
    else:
        yield annotation


def _broken_rules(value: Any) -> Iterator[str]:
    """What of `value` no store could keep."""
    if isinstance(value, tuple | frozenset):
        for member in value:
            yield from _broken_rules(member)
    elif isinstance(value, datetime):
        if value.utcoffset() is None:
            yield "must carry a time zone"
    elif isinstance(value, int):
        if abs(value) >= 10**MAX_DIGITS:
            yield f"must have at most {MAX_DIGITS} digits"
    elif isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        if len("".join(map(str, number.as_tuple().digits)).strip("0")) > MAX_DIGITS:
            yield f"must have at most {MAX_DIGITS} digits"
        elif number and not MIN_MAGNITUDE <= abs(number) < END_OF_MAGNITUDE:
            yield "must be 0 or between 1E-130 and 1E+126, whatever its sign"


def _translated(error: ValidationError) -> InvalidArgument:
    """pydantic's findings as ours."""
    return InvalidArgument.of(
        Violation(".".join(map(str, found["loc"])) or error.title, found["msg"])
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    )
