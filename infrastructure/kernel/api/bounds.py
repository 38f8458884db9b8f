"""How much one body may ask to be checked. It is looked at first, for every member that is wrong costs memory."""

from collections.abc import Iterator
from collections.abc import Mapping
from itertools import islice
from typing import Any

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Violation
from domain.kernel.value import Value

MAX_VALUES = 50_000
"""How many values a body may have, those in its arrays and objects included."""


def require_bounded(kind: type[Value], given: Mapping[str, Any]) -> None:
    """Passes if the arrays in `given` are as short as the fields of `kind` say, and all of it is not too much.

    Raises:
        InvalidArgument: names each field that is too long, or the body.
    """
    limits = {name: _longest(kind, name) for name in given.keys() & kind.model_fields.keys()}
    too_long = [
        Violation(name, f"must have at most {limit} members, not {len(given[name])}")
        for name, limit in limits.items()
        if limit is not None and isinstance(given[name], list) and len(given[name]) > limit
    ]
    if too_long:
        raise InvalidArgument.of(too_long)
    if next(islice(_values(given), MAX_VALUES, None), None) is not None:
        raise InvalidArgument("body", f"must have at most {MAX_VALUES} values")


def _longest(kind: type[Value], name: str) -> int | None:
    limits = (getattr(rule, "max_length", None) for rule in kind.model_fields[name].metadata)
    return next((limit for limit in limits if limit is not None), None)


def _values(given: Mapping[str, Any]) -> Iterator[bool]:
    """True for every value in `given`, at any depth."""
    left: list[Any] = [given]
    while left:
        inner = left.pop()
        members = inner.values() if isinstance(inner, Mapping) else inner
        for member in members:
            yield True
            if isinstance(member, dict | list):
                left.append(member)
