"""Equal values are rendered alike: numbers, datetimes and sets have one normal form each."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from decimal import Decimal
from typing import Annotated
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator
from pydantic import Field
from pydantic import field_validator

from domain.kernel.errors import InvalidArgument
from domain.kernel.money import Money
from domain.kernel.value import Value
from tests.kernel.builders.times import ClockChange


class Price(Value):
    amount: Money = Decimal(0)


class Form(Value):
    number: Decimal = Decimal("1.50")
    money: Money = Decimal(7)
    grams: Decimal = Field(default=Decimal(0), decimal_places=3)
    perhaps: Money | None = Field(default=None, ge=0)
    either: Decimal | str = ""
    row: tuple[Money | None, ...] = ()
    pair: tuple[Decimal, Money] = (Decimal(0), Decimal(0))
    ratio: float = 0
    ratios: frozenset[float] = frozenset()
    moment: datetime = datetime(2026, 1, 31, tzinfo=UTC)
    moments: frozenset[datetime] = frozenset()
    mixed: frozenset[Decimal | str | None] = frozenset()
    sets: tuple[frozenset[str], ...] = ()
    prices: tuple[Price, ...] = ()


def rendered(**fields: Any) -> Any:
    """The one field that is given, as JSON has it."""
    [name] = fields
    return Form(**fields).model_dump(mode="json")[name]


# Decimals


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("1.50", "1.5"),
        ("1E+2", "100"),
        ("1.50E+3", "1500"),
        ("1E+99", "1" + "0" * 99),
        ("100", "100"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0E+500", "0"),
        ("0E-500", "0"),
        ("0.000001", "0.000001"),
        ("1.230E-7", "1.23E-7"),
        ("1" + "0" * 38, "1" + "0" * 38),
    ],
)
def test_a_decimal_has_no_zeros_at_its_end_and_no_exponent_above_0(given, normal):
    form = Form(number=Decimal(given), either=Decimal(given), pair=(Decimal(given), 1))

    assert (str(form.number), str(form.either), str(form.pair[0])) == (normal, normal, normal)
    assert form.number == Decimal(given)


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("1.5", "1.50"),
        ("1.500", "1.50"),
        ("2", "2.00"),
        ("1E+2", "100.00"),
        ("-0", "0.00"),
        ("-0.5", "-0.50"),
        ("9" * 16, "9" * 16 + ".00"),
    ],
)
def test_money_has_two_places_wherever_it_is(given, normal):
    assert rendered(money=given) == normal
    assert rendered(row=(given, None, Decimal(given))) == [normal, None, normal]
    assert rendered(prices=({"amount": given}, Price(amount=given))) == [{"amount": normal}] * 2


def test_a_decimal_has_as_many_places_as_its_field_says():
    assert rendered(grams="1.5") == "1.500"
    assert rendered(perhaps=Decimal(3)) == "3.00"
    assert rendered(pair=("1.50", "1.5")) == ["1.5", "1.50"]


@pytest.mark.parametrize("given", ["1.501", Decimal("0.001"), 0.125])
def test_money_of_more_than_two_places_is_refused(given):
    for field in ({"money": given}, {"row": (1, given)}, {"perhaps": given}):
        with pytest.raises(InvalidArgument, match="no more than 2 decimal places"):
            Form(**field)


def test_money_of_more_than_16_digits_before_the_point_is_refused():
    with pytest.raises(InvalidArgument, match="no more than 16 digits before the decimal point"):
        Form(money=10**16)


def test_a_decimal_that_its_places_make_too_long_is_refused():
    with pytest.raises(InvalidArgument, match="grams: must have at most 38 significant digits"):
        Form(grams=10**35)


def test_a_default_has_its_normal_form_too():
    form = Form()

    assert (str(form.number), str(form.money), str(form.grams)) == ("1.5", "7.00", "0.000")
    assert rendered(ratio=0) == 0.0
    assert type(form.ratio) is float


def test_what_a_validator_gives_is_brought_to_its_normal_form_too():
    class Rounded(Value):
        number: Annotated[Decimal, AfterValidator(lambda number: number.quantize(Decimal("0.0001")))]
        moment: datetime

        @field_validator("moment")
        @classmethod
        def _an_hour_ahead(cls, moment: datetime) -> datetime:
            return moment.astimezone(timezone(timedelta(hours=1)))

    rounded = Rounded(number=Decimal("1.5"), moment=datetime(2026, 1, 31, tzinfo=UTC))

    assert rounded.model_dump_json() == '{"number":"1.5","moment":"2026-01-31T00:00:00Z"}'


# Floats


def test_a_float_is_rendered_alike_whatever_it_was_given_as():
    assert repr(Form(ratio=-0.0).ratio) == "0.0"
    assert repr(Form(ratio=3).ratio) == repr(Form(ratio="3").ratio) == "3.0"
    assert rendered(ratios={-0.0}) == [0.0]


# Datetimes


@pytest.mark.parametrize(
    "offset", [timedelta(), timedelta(hours=-3.5), timedelta(hours=1, seconds=7), timedelta(seconds=-1, microseconds=5)]
)
def test_a_datetime_is_in_utc_whatever_its_offset(offset):
    moment = datetime(2026, 1, 31, 12, 30, 15, 123456, tzinfo=timezone(offset))

    form = Form(moment=moment, moments={moment})

    assert form.moment == moment
    assert form.moment.tzinfo is UTC
    assert [member.tzinfo for member in form.moments] == [UTC]
    assert Form.model_validate_json(form.model_dump_json()) == form


def test_a_datetime_that_is_read_from_a_text_is_in_utc():
    assert Form(moment="2026-01-31T12:30:00+02:00").moment.isoformat() == "2026-01-31T10:30:00+00:00"
    assert Form(moment="2026-01-31T12:30:00Z").moment.tzinfo is UTC


def test_the_two_hours_of_a_clock_change_stay_apart():
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=ClockChange(), fold=fold) for fold in (0, 1))

    earlier, later = Form(moment=first), Form(moment=second)

    assert later.moment - earlier.moment == timedelta(hours=1)
    assert Form.model_validate_json(later.model_dump_json()) == later != earlier


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))),
    ],
    ids=str,
)
def test_a_datetime_that_utc_has_no_year_for_is_refused(moment):
    with pytest.raises(InvalidArgument, match="moment: must be in the years 1 to 9999 in UTC"):
        Form(moment=moment)


# Sets


def test_a_set_is_rendered_in_order_numbers_by_size_and_the_others_by_their_text():
    assert rendered(mixed={Decimal(10), "b", Decimal("9.0"), None, "a"}) == ["9", "10", None, "a", "b"]
    assert rendered(sets=({"b", "a"}, {"d", "c"})) == [["a", "b"], ["c", "d"]]
    assert rendered(mixed={None, "None"}) == ["None", None]


@given(st.lists(st.text(st.characters(codec="utf-8")), unique=True))
def test_equal_sets_are_rendered_alike(members):
    form, same = Form(sets=(members,)), Form(sets=(members[::-1],))

    assert form.model_dump_json() == same.model_dump_json()


def test_a_set_stays_a_set_in_python():
    assert Form(sets=({"a"},)).model_dump()["sets"] == (frozenset({"a"}),)


# All of them


def test_a_normal_form_changes_no_more():
    form = Form(number="1.50", money=1, row=(1, None), mixed={Decimal("1.0"), "x"}, moment="2026-01-31T12:30:00+02:00")

    again = form.evolve()

    assert again == form == Form.model_validate_json(form.model_dump_json())
    assert again.model_dump_json() == form.model_dump_json()


def test_a_value_that_refers_to_itself_has_normal_forms_too():
    class Crate(Value):
        weight: Money
        crates: tuple["Crate", ...] = ()

    crate = Crate(weight=1, crates=(Crate(weight=2), {"weight": 3}))

    assert [str(inner.weight) for inner in crate.crates] == ["2.00", "3.00"]
