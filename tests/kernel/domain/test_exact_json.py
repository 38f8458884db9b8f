"""Numbers in JSON keep all their digits, in fields that can hold them, and in no others."""

from datetime import UTC
from datetime import datetime
from decimal import Decimal

import pytest
from pydantic_core import to_json

from domain.kernel.errors import InvalidArgument
from domain.kernel.exact_json import read_json
from domain.kernel.money import Money
from domain.kernel.value import Value


class Measured(Value):
    amount: Decimal = Decimal(0)
    price: Money = Decimal(0)
    ratio: float = 0.0
    moment: datetime = datetime(2026, 1, 31, tzinfo=UTC)
    text: str = ""
    number: int = 0
    flag: bool = False
    either: Decimal | str | None = None
    amounts: tuple[Decimal, ...] = ()


def measured(field: str, written: str) -> Measured:
    return Measured.model_validate_json(to_json(read_json(f'{{"{field}": {written}}}'.encode())))


EXACT = ["12345678901234567.89", "0.1234567890123456789", "1e-100", "1.5", "-7", "98765432109876543210", "1E+2"]


@pytest.mark.parametrize("written", EXACT)
def test_a_decimal_keeps_every_digit_that_is_written(written):
    assert measured("amount", written).amount == Decimal(written)
    assert measured("either", written).either == Decimal(written)
    assert measured("amounts", f"[1.5, {written}]").amounts == (Decimal("1.5"), Decimal(written))


def test_an_amount_of_money_keeps_its_cents():
    assert str(measured("price", "1234567890123456.78").price) == "1234567890123456.78"


@pytest.mark.parametrize("written", ["0.1000000000000000055511151231257827", "0.10000000000000001", "0.1"])
def test_a_float_takes_the_nearest_number_as_ever(written):
    assert measured("ratio", written).ratio == 0.1


def test_a_moment_takes_a_number_of_more_digits_than_a_float_has():
    assert measured("moment", "1700000000.123456789").moment == datetime(2023, 11, 14, 22, 13, 20, 123457, UTC)


@pytest.mark.parametrize("field", ["text", "number", "flag", "moment", "ratio", "amount", "price"])
@pytest.mark.parametrize("written", ["1e999", "-1e999", "1e99999999999999999999"])
def test_a_number_beyond_all_bounds_is_refused(field, written):
    with pytest.raises(InvalidArgument, match=field):
        measured(field, written)


@pytest.mark.parametrize("field", ["text", "number", "flag"])
def test_a_number_of_many_digits_is_no_text_and_no_whole_number(field):
    with pytest.raises(InvalidArgument, match=field):
        measured(field, "12345678901234567.89")


def test_more_digits_than_a_store_keeps_are_refused_not_rounded():
    with pytest.raises(InvalidArgument, match="amount: must have at most 38 significant digits"):
        measured("amount", f"1.{'1' * 38}")


@pytest.mark.parametrize(
    "text", [b"{", b'{"a": NaN}', b"1" * 5000, b"[" * 1000, b'"\\ud800"', b'"\xff"', b"\xef\xbb\xbf{}"]
)
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError):
        read_json(text)
