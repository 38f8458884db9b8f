"""The schemas of events: valid, kept by every event, and open to more."""

from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from decimal import Decimal
from inspect import cleandoc
from types import UnionType
from typing import Annotated
from typing import Any
from typing import Literal
from typing import Union
from typing import get_args
from typing import get_origin

import pytest
from hypothesis import given
from hypothesis import reject
from hypothesis import settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic.fields import FieldInfo

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from domain.kernel.value import Value
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.schemas import event_schema
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.domain import CrateRemoved
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.service.domain import Specimen
from tests.kernel.service.parcels import ParcelSent
from tests.kernel.service.settings import SOURCE


class Examined(Event):
    """A specimen was examined; it has fields of every type."""

    type: Literal["Examined"] = "Examined"
    specimen: Specimen
    others: tuple[Specimen, ...] = ()


KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in (CrateCreated, CrateRenamed, CrateRemoved, Examined)}

every_type = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)

OF_TYPES: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(10**38) + 1, 10**38 - 1),
    float: st.floats(1e-100, 1e99) | st.just(0.0),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**25), max_value=10**25),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


@st.composite
def some(draw: st.DrawFn, kind: type[Value]) -> Value:
    """Values of a kind. A field whose rules only its type knows has to name examples."""
    fields = {name: draw(any_of(_hint(field))) for name, field in kind.model_fields.items()}
    try:
        return kind(**fields)
    except InvalidArgument:
        reject()


def _hint(field: FieldInfo) -> Any:
    return Annotated[field.annotation, field, *field.metadata]


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """What a field of that type can hold."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _any_of_annotated(*arguments)
    if origin in (Union, UnionType):
        return st.one_of([any_of(argument) for argument in arguments])
    if origin is frozenset:
        return st.frozensets(any_of(arguments[0]), max_size=2)
    if origin is tuple and arguments[1:] == (...,):
        return st.lists(any_of(arguments[0]), max_size=1).map(tuple)
    if origin is tuple:
        return st.tuples(*map(any_of, arguments))
    if isinstance(hint, type) and issubclass(hint, Value):
        return st.deferred(lambda: some(hint))
    return OF_TYPES.get(hint, st.from_type(hint))


def _any_of_annotated(hint: Any, *rules: Any) -> st.SearchStrategy[Any]:
    examples = [example for rule in rules if isinstance(rule, FieldInfo) for example in rule.examples or ()]
    if examples:
        return st.sampled_from(examples)
    narrowing = [rule for rule in rules if not isinstance(rule, FieldInfo)]
    if not narrowing:
        return any_of(hint)
    narrowed: Any = Annotated[hint, *narrowing]
    return st.from_type(narrowed)


def schemas_in(part: Any) -> Iterator[dict[str, Any]]:
    """`part` and all objects in it."""
    if isinstance(part, dict):
        yield part
        for member in part.values():
            yield from schemas_in(member)
    elif isinstance(part, list):
        for member in part:
            yield from schemas_in(member)


def problems(kind: type[Event], envelope: Any) -> list[str]:
    """What is wrong with an envelope, by the schema."""
    validator = Draft202012Validator(event_schema(kind, SOURCE), format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(envelope)]


@every_type
def test_a_schema_is_valid_and_says_of_what_it_is(kind):
    schema = event_schema(kind, SOURCE)

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$schema"]
    assert schema["title"] == kind.__name__
    assert schema["description"] == cleandoc(kind.__doc__)


@every_type
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_every_event_keeps_the_schema_of_its_type(kind, data):
    event = data.draw(some(kind))

    assert problems(kind, cloud_event(event, SOURCE)) == []


@every_type
@settings(deadline=None, max_examples=5)
@given(data=st.data())
def test_whatever_is_missing_or_of_another_type_is_found(kind, data):
    envelope = cloud_event(data.draw(some(kind)), SOURCE)
    data_needed = [name for name in envelope["data"] if kind.model_fields[name].is_required()]

    assert set(event_schema(kind, SOURCE)["required"]) == envelope.keys()
    for name in envelope:
        assert problems(kind, without(name, envelope))
        assert problems(kind, {**envelope, name: []})
    for name in data_needed:
        assert problems(kind, {**envelope, "data": without(name, envelope["data"])})


def without(name: str, members: dict[str, Any]) -> dict[str, Any]:
    return {other: member for other, member in members.items() if other != name}


@every_type
@settings(deadline=None, max_examples=5)
@given(data=st.data())
def test_a_schema_leaves_room_for_what_later_releases_tell(kind, data):
    envelope = cloud_event(data.draw(some(kind)), SOURCE)

    with_more = {**envelope, "traceparent": "00", "data": {**envelope["data"], "of_a_later_release": [{"a": 1}]}}

    assert problems(kind, with_more) == []
    assert [part for part in schemas_in(event_schema(kind, SOURCE)) if "additionalProperties" in part] == []


def test_the_schema_of_an_event_with_upcasters_has_the_schema_version_and_what_consumers_still_read():
    sent = ParcelSent(
        event_id="e",
        occurred_at="2026-01-31T12:30:00Z",
        aggregate_id="p",
        version=1,
        title="T",
        first="A",
        last="L",
        price=1,
    )
    schema = event_schema(ParcelSent, SOURCE)

    assert problems(ParcelSent, cloud_event(sent, SOURCE)) == []
    assert problems(ParcelSent, {**cloud_event(sent, SOURCE), "schemaversion": "3"}) != []
    assert schema["required"] == sorted(cloud_event(sent, SOURCE))
    assert "name" in schema["properties"]["data"]["required"]


def test_an_event_keeps_the_schema_of_no_other_type():
    types = {
        name: Draft202012Validator(event_schema(kind, SOURCE)["properties"]["type"]) for name, kind in KINDS.items()
    }

    kept = {name: [other for other in KINDS if type.is_valid(other)] for name, type in types.items()}

    assert kept == {name: [name] for name in KINDS}
