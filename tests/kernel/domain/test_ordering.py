"""Values as texts: they sort as the values do, and only equal values share one."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from enum import Enum
from enum import IntEnum
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.ordering import MAX_SORT_TEXT
from domain.kernel.ordering import exact
from domain.kernel.ordering import longest
from domain.kernel.ordering import ordered
from domain.kernel.text import fold


class Level(IntEnum):
    LOW = -20
    MEDIUM = 3
    HIGH = 10


class State(StrEnum):
    SENT = "B sent"
    NEW = "a new"


integers = st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1)
decimals = st.builds(
    lambda number, exponent: Decimal((int(number < 0), tuple(map(int, str(abs(number)))), exponent)),
    integers,
    st.integers(min_value=-129, max_value=80),
)
near = st.builds(lambda number, exponent: Decimal(number).scaleb(exponent), st.integers(-120, 120), st.integers(-3, 3))
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))])
moments = st.dates(date(2, 1, 1), date(9998, 1, 1)).flatmap(
    lambda day: st.builds(datetime.combine, st.just(day), st.times(timezones=zones))
)
VALUES = [integers, decimals, near, st.booleans(), st.dates(), moments, st.uuids(), st.sampled_from(Level)]


@pytest.mark.parametrize("values", VALUES, ids=repr)
@given(data=st.data())
def test_texts_of_values_compare_as_the_values_do(values, data):
    one, other = data.draw(values), data.draw(values)

    assert (ordered(one) < ordered(other), ordered(one) == ordered(other)) == (one < other, one == other)
    assert (exact(one) == exact(other)) == (one == other)


@pytest.mark.parametrize(
    "in_order",
    [
        [
            Decimal(text)
            for text in ("-1E+125", "-10", "-9.99", "-1.5", "-1.25", "-1", "-0.1", "-1E-130", "0", "1E-130")
        ],
        [Decimal(text) for text in ("-0", "1E-130", "0.1", "0.11", "1", "1.05", "1.5", "9.99", "10", "1E+125")],
        [-100, -99, -11, -10, -9, -2, -1, 0, 1, 2, 9, 10, 11, 99, 100, 10**37],
        ["", "a", "Á b", "ab", "Z"],
        [State.NEW, State.SENT],
    ],
    ids=str,
)
def test_what_is_easily_got_wrong_is_in_order(in_order):
    assert all(ordered(one) < ordered(other) for one, other in pairwise(in_order))


def test_equal_numbers_and_moments_have_one_text():
    assert len({ordered(Decimal(text)) for text in ("1.50", "1.5", "15E-1")}) == 1
    assert len({ordered(Decimal(text)) for text in ("0", "-0.00", "0E+9")}) == 1
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert ordered(noon) == ordered(noon.astimezone(timezone(timedelta(hours=3))))


def test_texts_are_ordered_without_case_and_accents_and_told_apart_with_them():
    assert ordered("Ünited") == ordered("UNITED")
    assert exact("Ünited") != exact("United")


def test_the_first_200_folded_characters_count():
    assert len(ordered("\ufdfa" * 100)) == MAX_SORT_TEXT
    assert exact("x" * 300) == "x" * 300


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_text_stands_before_every_longer_one_that_begins_with_it(start, end):
    shorter, longer = (f"{ordered(text)}\0id" for text in (start, start + end))

    assert "\0" not in ordered(start)
    assert (shorter < longer) == bool(fold(end))


@pytest.mark.parametrize("values", [*VALUES, st.text(st.characters(codec="utf-8"))], ids=repr)
@given(data=st.data())
def test_no_text_is_longer_than_is_told_of_its_type(values, data):
    value = data.draw(values)
    limit = longest(type(value))

    assert limit is not None
    assert len(ordered(value).encode()) <= limit


class Mixed(Enum):
    NUMBER = 1
    PAIR = (1, 2)


@pytest.mark.parametrize("kind", [float, bytes, tuple, None, Mixed, Enum, tuple[str, ...]], ids=str)
def test_other_types_have_no_order(kind):
    assert longest(kind) is None


def test_another_value_has_no_order():
    with pytest.raises(TypeError):
        ordered(1.5)
    assert longest(UUID) == len(ordered(UUID(int=0)))
    assert longest(date) == len(ordered(date.max))
