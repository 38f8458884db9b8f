"""Which types the field of a value may have: those that every store gives back as they were."""

import types
from collections.abc import Mapping
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from typing import Annotated
from typing import Any
from typing import Literal
from uuid import UUID

import pytest
from pydantic import Field

from domain.kernel.value import Value
from tests.kernel.service.domain import Colour


class Circle(Value):
    kind: Literal["circle"] = "circle"
    radius: int


class Square(Value):
    kind: Literal["square"] = "square"
    side: int


class Cube(Value):
    side: int


def make(type: Any) -> Any:
    """A value with a field of `type`."""
    return types.new_class("Made", (Value,), exec_body=lambda body: body.update(__annotations__={"field": type}))


@pytest.mark.parametrize(
    "type",
    [
        list,
        dict,
        set,
        object,
        tuple,
        Any,
        list[int],
        dict[str, int],
        set[int],
        Mapping[str, int],
        list[int] | None,
        tuple[list[int], ...],
        tuple[int, set[int]],
        frozenset[tuple[list[int], ...]],
        tuple[str | list[int], ...],
        Annotated[list[int], Field(max_length=3)],
        tuple[Annotated[list[int], Field(max_length=3)], ...],
        timedelta,
        complex,
    ],
    ids=str,
)
def test_a_field_that_could_change_or_not_be_stored_is_refused_when_the_class_is_made(type):
    with pytest.raises(TypeError, match=r"Made\.field: .* can be changed in place or cannot be stored"):
        make(type)


@pytest.mark.parametrize(
    "type",
    [
        str | date,
        datetime | date,
        UUID | str | None,
        int | float,
        Decimal | int,
        Colour | str,
        Literal["a"] | str,
        tuple[int, ...] | tuple[str, ...],
        tuple[int | float, ...],
        Circle | Cube,
        Annotated[str, Field(max_length=3)] | date,
    ],
    ids=str,
)
def test_a_union_whose_members_look_alike_in_a_store_is_refused_when_the_class_is_made(type):
    with pytest.raises(TypeError, match=r"Made\.field: .* cannot be told apart"):
        make(type)


@pytest.mark.parametrize(
    "type",
    [
        int | str | None,
        bytes | str,
        bool | int,
        Colour | int,
        Circle | Square | None,
        Circle | int,
        tuple[int | str, ...] | str,
        frozenset[str] | None,
        Literal["a", "b"] | None,
        Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=3)],
    ],
    ids=str,
)
def test_any_other_field_that_can_be_stored_is_taken(type):
    assert set(make(type).model_fields) == {"field"}
