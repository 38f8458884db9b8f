"""How deep values may be nested in one another."""

import types
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from contextvars import ContextVar
from itertools import chain
from typing import Annotated
from typing import Any
from typing import Union
from typing import get_args
from typing import get_origin

from pydantic import BaseModel
from pydantic_core import PydanticCustomError
from pydantic_core import core_schema

MAX_NESTING = 25
"""How many tuples, sets and values may be inside one another in one field, the outermost and the innermost included."""
TOO_DEEP = f"must not have more than {MAX_NESTING} tuples, sets and values inside one another"

_TYPE = "nesting"
SAID_OF_DEPTH = {_TYPE, "recursion_depth_exceeded", "recursion_loop"}
"""The types of pydantic's errors that mean it."""
_MARK = "is_shallow"
_outer: ContextVar[int] = ContextVar("outer", default=0)
"""How many fields are being validated around the one that is."""


def nesting(annotation: Any, inside: Callable[[type], float | None]) -> float:
    """How many tuples, sets and values are inside one another, at most, in a field of that annotation.

    `inside` has the answer for the fields of a value of that type, and None if it is not the type of a value.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (tuple, frozenset):
        return 1 + max((nesting(argument, inside) for argument in arguments if argument is not ...), default=0)
    if origin in (Union, types.UnionType):
        return max(nesting(argument, inside) for argument in arguments)
    if origin is Annotated:
        return nesting(arguments[0], inside)
    levels = inside(annotation) if isinstance(annotation, type) else None
    return 0 if levels is None else 1 + levels


def keep_shallow(schema: core_schema.CoreSchema, fields: Sequence[str]) -> None:
    """Makes `schema`, which is that of a value, refuse what is too deep for one of `fields`. Changes it in place."""
    node: dict[str, Any] = dict(schema)
    while fields and node["type"] != "model-fields":
        node = node["schema"]
    for name in fields:
        field = node["fields"][name]["schema"]
        while field["type"] == "default":
            field = field["schema"]
        if not field.get("metadata", {}).get(_MARK):
            kept = core_schema.no_info_wrap_validator_function(_shallow, dict(field), metadata={_MARK: True})
            field.clear()
            field.update(kept)


def _shallow(given: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Any:
    """What `validate` makes of `given`. It is looked at once, by the outermost of the fields that it is inside of."""
    outer = _outer.get()
    if outer > MAX_NESTING:
        raise _too_deep()
    token = _outer.set(outer + 1)
    try:
        content = validate(given)
    finally:
        _outer.reset(token)
    if not outer and _is_too_deep(content):
        raise _too_deep()
    return content


def _is_too_deep(content: Any) -> bool:
    nested = _nested([content])
    for _ in range(MAX_NESTING):
        nested = _nested(chain.from_iterable(map(_members, nested)))
    return bool(nested)


def _too_deep() -> PydanticCustomError:
    return PydanticCustomError(_TYPE, TOO_DEEP)


def _nested(members: Iterable[Any]) -> list[Any]:
    nested = (member for member in members if isinstance(member, tuple | frozenset | BaseModel))
    return list({id(member): member for member in nested}.values())  # what is shared is looked at once


def _members(nested: Any) -> Iterable[Any]:
    return nested.__dict__.values() if isinstance(nested, BaseModel) else nested
