"""The faster ways have the results of the slower ones, for whatever kinds there are, and can be left out."""

import json
import os
import subprocess
import sys
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from typing import Any
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import AfterValidator
from pydantic import BeforeValidator
from pydantic import Field
from pydantic import ValidationInfo
from pydantic import create_model
from pydantic import field_validator
from pydantic import model_validator

from domain.kernel.entity import Entity
from domain.kernel.entity import in_life
from domain.kernel.entity import is_older
from domain.kernel.entity import life_of
from domain.kernel.errors import InvalidArgument
from domain.kernel.money import Money
from domain.kernel.text import Name
from domain.kernel.value import Value
from infrastructure.kernel.dynamodb import codec
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.fast import reader as fast
from infrastructure.kernel.dynamodb.fast.writer import to_json
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.reading import Answer
from infrastructure.kernel.dynamodb.reading import AnswerReader
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Cuboid
from tests.kernel.service.domain import Grade
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import Sphere
from tests.kernel.service.parcels import Parcel
from tests.kernel.service.parcels import Parcel0

ROOT = Path(__file__).parents[4]
TABLE = "things"


class Size(StrEnum):
    SMALL = "S"


class Line(Value):
    """A value that has to have something."""

    name: Name
    size: Size = Size.SMALL
    number: int | None = None


class Note(Value):
    """A value that may have nothing."""

    text: str = ""
    S: str = ""


class Even(Value):
    """A value with a rule of its own."""

    number: int

    @model_validator(mode="after")
    def _is_even(self) -> "Even":
        if self.number % 2:
            raise InvalidArgument("number", "must be even")
        return self


texts = st.text(st.characters(codec="utf-8"), max_size=9)
names = st.from_regex(r"\A[a-zäö ]{0,5}[a-zßé🏟]\Z")
numbers = st.decimals(-(10**9), 10**9, places=3)
lines = st.builds(Line, name=names, number=st.none() | st.integers(-9, 9))
notes = st.builds(Note, text=texts, S=texts)
evens = st.builds(Even, number=st.integers(-9, 9).map(lambda number: 2 * number))
parts = st.builds(Part, label=texts, weight=numbers, parts=st.just(()))

FIELDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (str, texts),
    (Name, names),
    (Annotated[str, Field(pattern="^[a-z]*$")], st.from_regex(r"\A[a-z]*\Z")),
    (Annotated[str, BeforeValidator(str)], texts),
    (int, st.integers(-(10**38) + 1, 10**38 - 1)),
    (Annotated[int, Field(ge=0, le=9)], st.integers(0, 9)),
    (float, st.floats(1e-100, 1e99) | st.just(0.0)),
    (bool, st.booleans()),
    (Decimal, numbers),
    (Money, st.decimals(-(10**9), 10**9, places=2)),
    (Decimal | None, st.none() | numbers),
    (datetime, st.datetimes(max_value=datetime(9999, 12, 30), timezones=st.just(UTC))),  # noqa: DTZ001  # a zone is added
    (datetime | None, st.none() | st.just(datetime(2026, 1, 31, tzinfo=UTC))),
    (date, st.dates()),
    (UUID, st.uuids()),
    (bytes, st.binary(max_size=9)),
    (None, st.none()),
    (Colour, st.sampled_from(Colour)),
    (Grade, st.sampled_from(Grade)),
    (Literal["a", "b"], st.sampled_from(["a", "b"])),
    (Literal["a", 1, True], st.sampled_from(["a", 1, True])),
    (int | str, st.integers(-9, 9) | texts),
    (Decimal | str, numbers | texts),
    (Line, lines),
    (Line | None, st.none() | lines),
    (Note, notes),
    (Note | None, st.none() | notes),
    (Even, evens),
    (Part, parts),
    (Sphere | Cuboid, st.builds(Sphere, radius=numbers)),
    (tuple[str, ...], st.lists(texts, max_size=3).map(tuple)),
    (tuple[int, str], st.tuples(st.integers(-9, 9), texts)),
    (tuple[Line, ...], st.lists(lines, max_size=3).map(tuple)),
    (tuple[Note, ...], st.lists(notes, max_size=3).map(tuple)),
    (tuple[Part, ...], st.lists(parts, max_size=2).map(tuple)),
    (tuple[tuple[Even | None, ...], ...], st.lists(st.lists(st.none() | evens, max_size=2).map(tuple)).map(tuple)),
    (frozenset[str], st.frozensets(texts, max_size=3)),
    (frozenset[bytes], st.frozensets(st.binary(max_size=3), max_size=3)),
]


@st.composite
def things(draw: st.DrawFn) -> Entity:
    """An entity of a kind that nobody has thought of."""
    chosen = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=6))
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for number, (annotation, strategy) in enumerate(chosen):
        default = Field(default=draw(strategy)) if draw(st.booleans()) else ...
        fields[f"field{number}"] = (annotation, default)
        values[f"field{number}"] = draw(strategy)
    kind: type[Entity] = create_model("Thing", __base__=Entity, **fields)
    thing = kind(id="one", version=draw(st.integers(1, 99)), **values)
    return in_life(thing, draw(st.none() | st.just("life")))


ODD: list[Any] = [
    {"NULL": True},
    {"NULL": False},
    {"S": "x"},
    {"S": ""},
    {"S": "1"},
    {"S": "2026-01-31"},
    {"N": "0"},
    {"N": "1"},
    {"N": "1.0"},
    {"N": "1E+1"},
    {"N": "-0"},
    {"N": "007"},
    {"N": " 1"},
    {"N": "1_0"},
    {"N": "3.14"},
    {"N": "1E400"},
    {"BOOL": True},
    {"B": "AA=="},
    {"L": []},
    {"L": [{"S": "x"}, {"N": "1"}]},
    {"M": {}},
    {"M": {"S": {"S": "x"}}},
    {"M": {"number": {"N": "3"}}},
    {"SS": ["a", "b"]},
    {"NS": ["1", "2.5"]},
]
STORAGE = ["version", "_life", "_gone", "_write", "id", "another"]


def spots(attributes: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Every place of an attribute value in an item: what it is in, and where."""
    found: list[tuple[Any, Any]] = []
    for name, value in attributes.items():
        found.append((attributes, name))
        [(tag, content)] = value.items()
        if tag == "M":
            found += spots(content)
        if tag == "L":
            for index, member in enumerate(content):
                found.append((content, index))
                found += spots(member["M"]) if "M" in member else []
    return found


@st.composite
def items(draw: st.DrawFn) -> tuple[Mapper[Any], Any]:
    """What is stored of such an entity, as it was written, or as nobody of this release would."""
    thing = draw(things())
    mapper = Mapper(type(thing), "THING", (1,))
    item = json.loads(joined(mapper.item(thing)))
    for _ in range(draw(st.integers(0, 2))):
        change = draw(st.sampled_from(["replace", "replace", "drop", "storage"]))
        if change == "storage":
            item[draw(st.sampled_from(STORAGE))] = draw(st.sampled_from(ODD))
            continue
        where, key = draw(st.sampled_from([spot for spot in spots(item) if spot[1] != "pk"]))
        if change == "replace":
            where[key] = draw(st.sampled_from(ODD))
        else:
            del where[key]
    return mapper, item


def seen(answer: Answer[Any]) -> Any:
    """All that can be told of an answer."""
    entities = [
        (repr(entity), vars(entity), life_of(entity), is_older(entity), entity.model_fields_set)
        for entity in answer.entities
    ]
    return entities, [str(error) for error in answer.unreadable], list(answer.left)


def readers(mapper: Mapper[Any]) -> tuple[AnswerReader[Any], AnswerReader[Any]]:
    """One that takes the faster way where it can, and one that never does."""
    slow = AnswerReader(mapper, TABLE)
    slow._fast = None
    return AnswerReader(mapper, TABLE), slow


whatever = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@whatever
@given(things())
def test_values_are_written_alike(thing):
    for name in type(thing).model_fields:
        value = getattr(thing, name)

        assert to_json(value) == codec.to_json(value)


class Odd(Value):
    """One whose validators leave something else in a field."""

    text: Annotated[str, AfterValidator(len)] = ""
    other: str = ""


class Width(StrEnum):
    SMALL = "narrow"


class OddSize(Value):
    """One whose validators leave something else in a field of constants."""

    size: Annotated[Size, AfterValidator(lambda size: len(size.value))] = Size.SMALL
    width: Annotated[Size, AfterValidator(lambda size: Width[size.name])] = Size.SMALL


class Empty(Value):
    """One without any field."""


class Foreign(Value):
    """One whose field has a name in another alphabet, beyond what 16 bits have."""

    𐐀: str = "long i"


@pytest.mark.parametrize(
    ("odd", "written"),
    [
        (Empty(), '{"M":{}}'),
        (Foreign(), r'{"M":{"\ud801\udc00":{"S":"long i"}}}'),
        (Odd(text="four"), '{"M":{"text":{"N":"4"},"other":{"S":""}}}'),
        (OddSize(), '{"M":{"size":{"N":"1"},"width":{"S":"narrow"}}}'),
    ],
)
def test_odd_values_are_written_alike(odd, written):
    assert to_json(odd) == codec.to_json(odd) == written


@whatever
@given(items())
def test_answers_are_read_alike(stored):
    mapper, item = stored
    either, slow = readers(mapper)
    one = json.dumps({"Item": item}).encode()
    many = json.dumps({"Responses": {TABLE: [item, item]}, "UnprocessedKeys": {TABLE: {"Keys": [item]}}}).encode()

    assert seen(either.get(one)) == seen(slow.get(one))
    assert seen(either.batch(many)) == seen(slow.batch(many))


@whatever
@given(things())
def test_what_this_release_writes_is_read_the_faster_way(thing):
    mapper = Mapper(type(thing), "THING", (1,))
    item = json.loads(joined(mapper.item(thing)))

    read = fast.Reader(type(thing), mapper.prefix).get(json.dumps({"Item": item}).encode())

    assert read == thing
    assert life_of(read) == life_of(thing)


@whatever
@given(things())
def test_what_a_release_has_written_without_the_newest_fields_is_read_the_faster_way(thing):
    mapper = Mapper(type(thing), "THING", (1,))
    item = json.loads(joined(mapper.item(thing)))
    newest = [name for name, field in type(thing).model_fields.items() if name in item and not field.is_required()]
    older = {name: value for name, value in item.items() if name == "version" or name not in newest}

    read = fast.Reader(type(thing), mapper.prefix).get(json.dumps({"Item": older}).encode())

    assert read == type(thing)(
        **{name: value for name, value in vars(thing).items() if name not in {*newest} - {"version"}}
    )


@pytest.mark.parametrize("kind", [Crate, Specimen])
def test_an_answer_without_an_item_has_no_entity(kind):
    for reader in readers(Mapper(kind, "KIND", (1,))):
        assert seen(reader.get(b"{}")) == ([], [], [])


OTHERS = [None, "x", "x#0", "x#1", "x#2", "x#4", "x#33", "x#-1", "#", ""]


@pytest.mark.parametrize(
    ("kind", "own", "others"),
    [
        (Parcel, ["x#3"], OTHERS),
        (Parcel0, [None, "x", ""], ["x#0", "x#1", "x#3", "#"]),
    ],
    ids=["with-upcasters", "without"],
)
def test_only_what_is_in_the_schema_version_of_this_release_is_read_the_faster_way(kind, own, others):
    mapper = Mapper(kind, "PARCEL", (1,))
    parcel = Parcel(id="one", title="Tea", first="Ada", last="Lovelace", price="12.50").at_version(1)
    old = {"name": {"S": "Tea"}, "sender": {"S": "Ada Lovelace"}, "cents": {"N": "1250"}, "version": {"N": "1"}}
    whole = {**json.loads(joined(Mapper(Parcel, "PARCEL", (1,)).item(parcel))), **old}
    either, slow = readers(mapper)

    for write in [*own, *others]:
        answer = json.dumps({"Item": {**whole, **({} if write is None else {"_write": {"S": write}})}}).encode()
        [read] = either.get(answer).entities

        assert seen(either.get(answer)) == seen(slow.get(answer))
        assert read == (
            parcel if kind is Parcel else Parcel0(id="one", version=1, name="Tea", sender="Ada Lovelace", cents=1250)
        )
        if write in own:
            assert fast.Reader(kind, mapper.prefix).get(answer) == read
        else:
            with pytest.raises(ValueError, match="validation error"):
                fast.Reader(kind, mapper.prefix).get(answer)


class Told(Entity):
    """A kind whose validator asks what it is given."""

    text: str = ""

    @field_validator("text")
    @classmethod
    def _tells(cls, text: str, info: ValidationInfo) -> str:
        return f"{text} {info.mode} {info.data['version']}"


class Sealed(Entity):
    """A kind that looks at what it has when it is made."""

    text: str = ""

    def model_post_init(self, context: Any) -> None:
        assert vars(self).keys() == {"id", "version", "text"}


@pytest.mark.parametrize("kind", [Told, Sealed])
def test_a_kind_that_looks_at_how_it_is_read_is_read_the_slower_way(kind):
    mapper = Mapper(kind, "KIND", (1,))
    item = json.dumps({"Item": json.loads(joined(mapper.item(kind(id="one", version=1))))}).encode()
    either, slow = readers(mapper)

    with pytest.raises(fast.Unsupported):
        fast.Reader(kind, mapper.prefix)
    assert seen(either.get(item)) == seen(slow.get(item))
    assert len(either.get(item).entities) == 1


WITHOUT = """
import sys
sys.modules["infrastructure.kernel.dynamodb.fast"] = None
sys.modules["infrastructure.kernel.dynamodb.curl"] = None
import pytest
from infrastructure.kernel.dynamodb import codec, speed
assert speed.to_json is codec.to_json and speed.create_reader is None
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/kernel/contracts/test_crates.py"]))
"""


def test_without_the_faster_ways_and_the_other_transport_the_contract_is_kept():
    environment = {**os.environ, "TEST_ADAPTERS": "moto"}

    run = subprocess.run([sys.executable, "-c", WITHOUT], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout
