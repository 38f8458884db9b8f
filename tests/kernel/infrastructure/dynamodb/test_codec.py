"""Values as DynamoDB keeps them, and back."""

import json
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Context
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from infrastructure.kernel.dynamodb.codec import decode
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.codec import native_item
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.sizes import size
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen

ENCODED = [
    ("", {"S": ""}),
    ("Ünïted 🏟\0#", {"S": "Ünïted 🏟\0#"}),
    (0, {"N": "0"}),
    (-(10**38 - 1), {"N": "-" + "9" * 38}),
    (Decimal("1.50"), {"N": "1.50"}),
    (Decimal("1E-130"), {"N": "1E-130"}),
    (Decimal("9.9999999999999999999999999999999999999E+125"), {"N": "9.9999999999999999999999999999999999999E+125"}),
    (0.1, {"N": "0.1"}),
    (1e-7, {"N": "1e-07"}),
    (True, {"BOOL": True}),
    (False, {"BOOL": False}),
    (None, {"NULL": True}),
    (b"\0\xff", {"B": b"\0\xff"}),
    (b"", {"B": b""}),
    (Colour.RED, {"S": "red"}),
    (date(2026, 1, 31), {"S": "2026-01-31"}),
    (datetime(2026, 1, 31, 12, tzinfo=UTC), {"S": "2026-01-31T12:00:00+00:00"}),
    (datetime(2026, 1, 31, tzinfo=timezone(timedelta(hours=-3.5))), {"S": "2026-01-31T00:00:00-03:30"}),
    (UUID(int=7), {"S": "00000000-0000-0000-0000-000000000007"}),
    ((), {"L": []}),
    ((1, "a", (None,)), {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"NULL": True}]}]}),
    (frozenset(), {"L": []}),
    (frozenset({"b", "a"}), {"L": [{"S": "a"}, {"S": "b"}]}),
    (
        Part(label="x", weight=Decimal(2)),
        {"M": {"label": {"S": "x"}, "weight": {"N": "2"}, "parts": {"L": []}}},
    ),
]


@pytest.mark.parametrize(("value", "attribute"), ENCODED)
def test_a_value_is_encoded_as_a_native_type(value, attribute):
    assert encode(value) == attribute


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ({"S": "x"}, "x"),
        ({"N": "7"}, 7),
        ({"N": "-7"}, -7),
        ({"N": "1.50"}, Decimal("1.5")),
        ({"N": "1E+3"}, Decimal(1000)),
        ({"BOOL": False}, False),
        ({"NULL": True}, None),
        ({"B": b"\0"}, b"\0"),
        ({"L": [{"N": "1"}, {"L": []}]}, [1, []]),
        ({"M": {"a": {"M": {}}}}, {"a": {}}),
        ({"SS": ["a", "b"]}, ["a", "b"]),
        ({"NS": ["1", "2.5"]}, [1, Decimal("2.5")]),
        ({"BS": [b"a"]}, [b"a"]),
    ],
    ids=ascii,
)
def test_every_type_of_dynamodb_is_decoded(attribute, value):
    assert decode(attribute) == value
    assert type(decode(attribute)) is type(value)


def test_equal_sets_are_encoded_alike():
    members = [f"member {number}" for number in range(50)]

    assert encode(frozenset(members)) == encode(frozenset(reversed(members)))


@pytest.mark.parametrize("value", [object(), [1], {"a": 1}, {1}], ids=lambda value: type(value).__name__)
def test_what_no_field_holds_is_not_encoded(value):
    with pytest.raises(TypeError):
        encode(value)


def test_what_is_no_type_of_dynamodb_is_not_decoded():
    with pytest.raises(TypeError):
        decode({"X": "?"})


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
@pytest.mark.parametrize(
    ("item", "bytes"),
    [
        ({}, 0),
        ({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}}, 23),
        ({"a": {"S": "é🏟"}}, 1 + 6),
        ({"é": {"S": ""}}, 2),
        ({"a": {"B": b"\0" * 10}}, 11),
        ({"a": {"BOOL": True}}, 2),
        ({"a": {"NULL": True}}, 2),
        ({"a": {"L": []}}, 1 + 3),
        ({"a": {"L": [{"S": "xy"}, {"BOOL": True}]}}, 1 + 3 + (1 + 2) + (1 + 1)),
        ({"a": {"M": {}}}, 1 + 3),
        ({"a": {"M": {"key": {"S": "xy"}}}}, 1 + 3 + (1 + 3 + 2)),
        ({"a": {"L": [{"M": {"b": {"L": []}}}]}}, 1 + 3 + (1 + 3 + (1 + 1 + 3))),
    ],
    ids=ascii,
)
def test_an_item_takes_the_bytes_that_dynamodb_counts(item, bytes):
    assert size(item) == bytes


@pytest.mark.parametrize("sign", ["", "-"], ids=["positive", "negative"])
def test_a_number_is_never_taken_for_smaller_than_it_is(sign):
    for digits in range(1, 39):
        documented = -(-digits // 2) + 1 + (sign == "-")

        counted = size({"": {"N": sign + "9" * digits}})

        assert documented <= counted <= documented + 1


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**25), max_value=10**25)
parts = st.builds(Part, label=texts, weight=numbers, parts=st.just(()))
specimens = st.builds(
    Specimen,
    id=st.from_regex(r"\A[0-9A-Za-z_-]{1,64}\Z"),
    version=st.integers(1, 10**9),
    name=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=20),
    text=texts,
    number=st.integers(-(10**38) + 1, 10**38 - 1),
    amount=numbers,
    ratio=st.floats(1e-100, 1e99) | st.just(0.0),
    flag=st.booleans(),
    moment=st.datetimes(
        max_value=datetime(9999, 12, 30),  # noqa: DTZ001  # a zone is added
        timezones=st.sampled_from([UTC, timezone(timedelta(minutes=-210))]),
    ),
    day=st.dates(),
    reference=st.uuids(),
    colour=st.sampled_from(Colour),
    raw=st.binary(max_size=20),
    words=st.lists(texts, max_size=3).map(tuple),
    tags=st.frozensets(texts, max_size=3),
    numbers=st.frozensets(st.integers(-(10**38) + 1, 10**38 - 1), max_size=3),
    blobs=st.frozensets(st.binary(max_size=9), max_size=3),
    table=st.lists(st.lists(st.integers(-9, 9), max_size=3).map(tuple), max_size=3).map(tuple),
    price=st.decimals(-(10**9), 10**9, places=2),
    part=st.none() | parts,
    parts=st.lists(parts, max_size=2).map(tuple),
    either=st.integers(-9, 9) | texts,
)


def as_dynamodb_keeps_it(attribute):
    """The same, with numbers in DynamoDB's notation, which knows no zeros at the end."""
    [(type, value)] = attribute.items()
    if type == "N":
        return {"N": f"{Decimal(value).normalize(Context(prec=38)):f}"}
    if type == "L":
        return {"L": [as_dynamodb_keeps_it(member) for member in value]}
    if type == "M":
        return {"M": {name: as_dynamodb_keeps_it(member) for name, member in value.items()}}
    return attribute


@settings(deadline=None)
@given(specimens)
def test_any_entity_comes_back_as_it_was(specimen):
    mapper = Mapper(Specimen, "SPECIMEN", (3,))

    item = native_item(json.loads(joined(mapper.item(specimen))))
    kept = {name: as_dynamodb_keeps_it(attribute) for name, attribute in item.items()}

    read = mapper.entity(kept)
    assert read is not None
    assert mapper.entity(item) == read == specimen
    assert read.model_dump_json() == specimen.model_dump_json()
