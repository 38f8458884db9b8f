"""Which changes of a schema break those who send its values, and which those who receive them."""

import pytest

from deploy.kernel.schemas import Comparison
from deploy.kernel.schemas import Json

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}
NOTHING = {"type": "null"}
CLOSED = {"additionalProperties": False}
SIDES = pytest.mark.parametrize("takes", [True, False], ids=["taken", "given"])


def an_object(required: str = "", **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": required.split()}


def taken(old: Json, new: Json) -> list[tuple[str, str]]:
    """What breaks those who send."""
    return [*Comparison(old, new, takes=True).breaks(old, new)]


def given(old: Json, new: Json) -> list[tuple[str, str]]:
    """What breaks those who receive."""
    return [*Comparison(old, new, takes=False).breaks(old, new)]


@SIDES
@pytest.mark.parametrize(
    "schema",
    [
        TEXT,
        {},
        {"enum": ["BIG", "LOW", 1, None]},
        {"anyOf": [TEXT, NOTHING]},
        an_object("name", name=TEXT, parts={"type": "array", "items": an_object("id", id=TEXT)}),
        {"type": "array", "prefixItems": [TEXT, WHOLE]},
        {"type": "object", "additionalProperties": TEXT},
        {"not": TEXT},
    ],
)
def test_what_has_not_changed_breaks_nobody(schema, takes):
    assert [*Comparison(schema, schema, takes=takes).breaks(schema, schema)] == []


@SIDES
def test_titles_descriptions_examples_and_defaults_break_nobody(takes):
    new = {**TEXT, "title": "Name", "description": "A name.", "examples": ["x"], "default": "y", "x-scope": "z"}

    assert [*Comparison(TEXT, new, takes=takes).breaks(TEXT, new)] == []


@pytest.mark.parametrize("breaks", [taken, given])
def test_a_field_that_was_removed_breaks_both(breaks):
    old, new = an_object("name", name=TEXT, city=TEXT), an_object("name", name=TEXT)

    assert breaks(old, new) == [("city", "was removed")]


def test_a_new_field_breaks_those_who_send_only_if_it_is_required():
    old = an_object("name", name=TEXT)

    assert taken(old, an_object("name", name=TEXT, city=TEXT)) == []
    assert taken(old, an_object("name city", name=TEXT, city=TEXT)) == [("city", "is required now")]
    assert given(old, an_object("name city", name=TEXT, city=TEXT)) == []


def test_a_field_may_become_optional_where_it_is_taken_and_required_where_it_is_given():
    optional, required = an_object("", name=TEXT), an_object("name", name=TEXT)

    assert taken(optional, required) == [("name", "is required now")]
    assert taken(required, optional) == []
    assert given(required, optional) == [("name", "is optional now")]
    assert given(optional, required) == []


def test_a_required_field_that_was_removed_where_it_is_given_is_told_once():
    assert given(an_object("name", name=TEXT), an_object()) == [("name", "was removed")]


@pytest.mark.parametrize("breaks", [taken, given])
def test_another_type_breaks_both(breaks):
    assert breaks(TEXT, WHOLE) == [("", "type is integer, was string")]


def test_every_whole_number_is_a_number():
    assert taken(WHOLE, NUMBER) == given(NUMBER, WHOLE) == []
    assert taken(NUMBER, WHOLE) == [("", "type is integer, was number")]
    assert given(WHOLE, NUMBER) == [("", "type is number, was integer")]


def test_any_value_is_more_than_a_text():
    assert taken(TEXT, {}) == given({}, TEXT) == []
    assert taken({}, TEXT) == [("", "type is string, was any")]
    assert given(TEXT, {}) == [("", "type is any, was string")]


def test_none_may_be_taken_in_addition_and_no_longer_given():
    optional = {"anyOf": [TEXT, NOTHING], "title": "Name"}

    assert taken(TEXT, optional) == given(optional, TEXT) == []
    assert taken(optional, TEXT) == [("", "null is no longer accepted")]
    assert given(TEXT, optional) == [("", "null is possible now")]


def test_of_alternatives_the_one_that_is_alike_is_compared():
    old = {"anyOf": [{**TEXT, "maxLength": 9}, NOTHING]}
    new = {"anyOf": [NOTHING, {**TEXT, "maxLength": 5}]}

    assert taken(old, new) == [("", "maxLength is 5, was 9")]
    assert taken(new, old) == []


def test_values_may_be_added_where_they_are_taken_and_dropped_where_they_are_given():
    two, three = {"enum": ["BIG", "LOW"], **TEXT}, {"enum": ["BIG", "LOW", "TALL"], **TEXT}

    assert taken(two, three) == given(three, two) == []
    assert taken(three, two) == [("", '"TALL" is no longer accepted')]
    assert given(two, three) == [("", '"TALL" is possible now')]


def test_a_list_of_values_is_less_than_all_of_their_type():
    listed = {"enum": ["BIG", "LOW"], **TEXT}

    assert taken(listed, TEXT) == given(TEXT, listed) == []
    assert taken(TEXT, listed) == [("", 'only "BIG", "LOW"')]
    assert given(listed, TEXT) == [("", 'no longer only "BIG", "LOW"')]


def test_a_constant_is_a_list_of_one_value():
    old, new = {"const": "CrateRenamed"}, {"const": "CrateNamed"}

    assert given(old, new) == [("", '"CrateNamed" is possible now')]
    assert taken(old, {"const": "CrateRenamed", "type": "string"}) == []
    assert given(old, {"const": 1}) == [("", "type is integer, was string")]


@pytest.mark.parametrize(
    ("limit", "wide", "narrow"),
    [
        ("maxLength", 9, 5),
        ("minLength", 1, 2),
        ("maxItems", 9, 5),
        ("minItems", 1, 2),
        ("maximum", 9, 8.5),
        ("minimum", -1, 0),
        ("exclusiveMaximum", 9, 8),
        ("exclusiveMinimum", 0, 1),
    ],
)
def test_a_limit_must_not_come_nearer_where_values_are_taken(limit, wide, narrow):
    assert taken({limit: narrow}, {limit: wide}) == []
    assert taken({limit: narrow}, {}) == []
    assert taken({limit: wide}, {limit: narrow}) == [("", f"{limit} is {narrow}, was {wide}")]
    assert taken({}, {limit: narrow}) == [("", f"{limit} is {narrow}, was null")]


def test_a_length_of_at_least_0_is_no_limit():
    assert taken(TEXT, {**TEXT, "minLength": 0}) == []
    assert taken({**TEXT, "minLength": 0}, {**TEXT, "minLength": 1}) == [("", "minLength is 1, was 0")]


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        ({"minimum": 1}, {"exclusiveMinimum": 1}, True),
        ({"exclusiveMinimum": 1}, {"minimum": 1}, False),
        ({"exclusiveMinimum": 0}, {"minimum": 1}, True),
        ({"maximum": 9}, {"exclusiveMaximum": 9}, True),
        ({"exclusiveMaximum": 9}, {"maximum": 9}, False),
    ],
)
def test_a_limit_that_is_itself_allowed_is_wider_than_one_that_is_not(old, new, broken):
    assert bool(taken(old, new)) is broken


@pytest.mark.parametrize("limit", ["maxLength", "minimum", "pattern", "multipleOf"])
def test_nobody_who_receives_values_may_rely_on_limits(limit):
    assert given({limit: 5}, {limit: 9}) == given({limit: 5}, {}) == given({}, {limit: 5}) == []


def test_another_pattern_is_told_where_values_are_taken_for_nobody_can_compare_two():
    assert taken({"pattern": "a+"}, {"pattern": "a*"}) == [("", 'pattern is "a*", was "a+"')]
    assert taken({"pattern": "a+"}, {}) == []
    assert taken({}, {"pattern": "a+"}) == [("", 'pattern is "a+", was null')]


def test_a_format_is_as_good_as_a_type():
    time, date = {**TEXT, "format": "date-time"}, {**TEXT, "format": "date"}

    assert taken(time, date) == given(time, date) == [("", 'format is "date", was "date-time"')]
    assert taken(time, TEXT) == given(TEXT, time) == []
    assert given(time, TEXT) == [("", 'format is null, was "date-time"')]
    assert taken(TEXT, time) == [("", 'format is "date-time", was null')]


def test_fields_without_a_name_must_go_on_being_taken():
    open_, closed = an_object(), {**an_object(), **CLOSED}
    texts, numbers = ({**an_object(), "additionalProperties": each} for each in (TEXT, WHOLE))

    assert taken(closed, open_) == taken(closed, texts) == taken(texts, open_) == given(open_, closed) == []
    assert taken(open_, closed) == [("", "other fields are no longer accepted")]
    assert taken(open_, texts) == [("", "other fields are restricted")]
    assert taken(texts, numbers) == given(texts, numbers) == [("*", "type is integer, was string")]
    assert given(texts, open_) == [("", "other fields may have any value now")]


def test_fields_and_items_are_compared_however_deep_they_are():
    def nested(of: Json) -> Json:
        return an_object("crates", crates={"type": "array", "items": an_object("lid", lid={"prefixItems": [of]})})

    assert taken(nested(TEXT), nested(WHOLE)) == [("crates[].lid[0]", "type is integer, was string")]
    assert taken({"prefixItems": [TEXT]}, {"prefixItems": [TEXT, TEXT]}) == [("", "has 2 places, had 1")]


def test_what_items_are_may_be_said_where_they_are_given_and_left_open_where_they_are_taken():
    some, any_ = {"type": "array", "items": TEXT}, {"type": "array"}

    assert taken(some, any_) == given(any_, some) == []
    assert taken(any_, some) == [("[]", "type is string, was any")]


def test_references_are_followed_in_the_document_of_each():
    old = {"$defs": {"Name": TEXT}, **an_object("name", name={"$ref": "#/$defs/Name", "description": "Its name."})}
    new = {"$defs": {"Name/1": WHOLE}, **an_object("name", name={"$ref": "#/$defs/Name~11"})}

    assert taken(old, {"$defs": {}, **an_object("name", name=TEXT)}) == []
    assert taken(old, new) == [("name", "type is integer, was string")]


def test_a_schema_that_contains_itself_is_compared_to_its_end():
    def tree(of: Json) -> Json:
        node = an_object("leaf", leaf=of, below={"anyOf": [{"$ref": "#/$defs/Node"}, NOTHING]})
        return {"$defs": {"Node": node}, "$ref": "#/$defs/Node"}

    assert taken(tree(TEXT), tree(TEXT)) == []
    assert ("leaf", "type is integer, was string") in taken(tree(TEXT), tree(WHOLE))


def test_a_kind_of_object_is_found_by_its_title():
    def shapes(of: Json) -> Json:
        circle, square = {**an_object("r", r=of), "title": "Circle"}, {**an_object("a", a=TEXT), "title": "Square"}
        return {"$defs": {"C": circle, "S": square}, "oneOf": [{"$ref": "#/$defs/C"}, {"$ref": "#/$defs/S"}]}

    only_squares = {"$defs": shapes(TEXT)["$defs"], "oneOf": [{"$ref": "#/$defs/S"}]}

    assert taken(shapes(TEXT), shapes(WHOLE)) == [("r", "type is integer, was string")]
    assert taken(shapes(TEXT), only_squares) == [("", "Circle is no longer accepted")]
    assert given(only_squares, shapes(TEXT)) == [("", "Circle is possible now")]


@pytest.mark.parametrize("breaks", [taken, given])
def test_a_keyword_that_is_not_known_is_told_if_it_changes_and_not_passed_over(breaks):
    assert breaks({"not": TEXT}, {"not": WHOLE}) == [
        ("", 'not is {"type": "integer"}, was {"type": "string"}, which cannot be judged here')
    ]
