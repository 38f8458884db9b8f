"""How deep values may be nested: as every store can keep them, as a field of an entity and of an event."""

import types
from types import GenericAlias
from typing import Any

import pytest
from pydantic import Field
from pydantic_core import to_json

from domain.kernel.errors import InvalidArgument
from domain.kernel.value import Value
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import parts_inside_one_another
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen

RULE = "must not have more than 25 tuples, sets and values inside one another"


class Leaf(Value):
    words: tuple[str, ...] = ()


class Branch(Leaf):
    left: Leaf | None = None


class Tree(Value):
    root: Branch
    branches: frozenset[Branch] = Field(default=frozenset(), max_length=9)


def tuples(levels: int, inmost: Any = int) -> Any:
    """The type of as many tuples, one in the other."""
    return inmost if levels == 0 else GenericAlias(tuple, (tuples(levels - 1, inmost), ...))


def make(type: Any) -> Any:
    """A value with a field of `type`."""
    return types.new_class("Made", (Value,), exec_body=lambda body: body.update(__annotations__={"field": type}))


def given(levels: int) -> dict[str, Any]:
    """As many parts as a client may give them, one in the other."""
    part: dict[str, Any] = {"label": "part", "weight": 1}
    for _ in range(levels - 1):
        part = {"label": "part", "weight": 1, "parts": [part]}
    return part


def refused(make: Any, *arguments: Any, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidArgument) as refused:
        make(*arguments, **fields)
    return [(violation.input, violation.rule) for violation in refused.value.violations]


# Types that say how deep they are


@pytest.mark.parametrize("inmost", [int, int | None, frozenset[int], tuple[()], Leaf])
def test_a_type_that_is_too_deep_is_refused_when_the_class_is_made(inmost):
    with pytest.raises(TypeError, match=rf"Made\.field: {RULE}, not 2[6-8]"):
        make(tuples(26, inmost) | None)


def test_a_type_of_the_depth_that_is_allowed_is_taken():
    deepest: tuple[Any, ...] = ()
    for _ in range(24):
        deepest = (deepest,)

    assert make(tuples(25))(field=deepest).field == deepest
    assert make(tuples(23, Leaf))
    with pytest.raises(TypeError):
        make(tuples(24, Leaf))


def test_the_fields_of_a_value_count_where_the_value_is_a_field():
    made = make(tuples(24))

    assert make(made)
    with pytest.raises(TypeError, match=r"Made\.field: .*, not 26"):
        make(GenericAlias(tuple, (made, ...)))


# Types that may be any depth


@pytest.mark.parametrize("levels", [1, 12])
def test_values_inside_one_another_are_taken_up_to_the_limit(levels):
    parts = parts_inside_one_another(levels)

    assert a_specimen(parts=parts).parts == parts
    assert Specimen.model_validate_json(a_specimen(parts=parts).model_dump_json()).parts == parts


@pytest.mark.parametrize("levels", [13, 40, 90, 200, 1000, 5000])
def test_values_that_are_too_deep_are_refused_by_the_name_of_the_field(levels):
    assert refused(a_specimen, parts=[given(levels)]) == [("parts", RULE)]
    assert refused(a_specimen().evolve, parts=[given(levels)]) == [("parts", RULE)]


@pytest.mark.parametrize("levels", [13, 40, 90])
def test_json_that_is_too_deep_is_refused_by_the_name_of_the_field(levels):
    body = to_json({"id": "s1", "name": "Amber", "parts": [given(levels)]})

    assert refused(Specimen.model_validate_json, body) == [("parts", RULE)]


def test_json_beyond_all_bounds_is_no_json():
    body = b'{"id": "s1", "name": "Amber", "part": ' + b'{"parts": [' * 5000 + b"]}" * 5000 + b"}"

    [(_, rule)] = refused(Specimen.model_validate_json, body)

    assert "recursion limit" in rule


def test_values_that_are_made_one_by_one_are_refused_where_they_become_too_deep():
    part = parts_inside_one_another(13)[0]

    assert refused(Part, label="outer", weight=1, parts=(part,)) == [("parts", RULE)]
    assert refused(a_specimen, parts=(part,)) == [("parts", RULE)]
    assert a_specimen(part=parts_inside_one_another(12)[0])


def test_what_contains_itself_is_too_deep():
    endless = given(1)
    endless["parts"] = [endless]

    assert refused(a_specimen, part=endless) == [("part", RULE)]


def test_what_is_wrong_elsewhere_is_named_too():
    found = refused(a_specimen, number="x", parts=[given(13)], part=given(13))

    assert [name for name, _ in found] == ["number", "part", "parts"]


def test_a_value_of_a_derived_class_is_taken_as_one_of_the_class_that_the_field_names_or_refused():
    class Same(Leaf):
        """Has no further fields."""

    taken = Branch(left=Same())

    assert type(taken.left) is Leaf
    assert refused(Branch, left=Branch()) == [("left.left", "Extra inputs are not permitted")]


def test_what_is_shared_at_every_level_is_looked_at_once():
    shared = Part(label="inmost", weight=1)
    for _ in range(11):
        shared = Part(label="outer", weight=1, parts=(shared, shared, shared))

    assert a_specimen(part=shared).part == shared
