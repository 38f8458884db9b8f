"""Values: frozen, closed, storable, and precise about what is wrong with them."""

from datetime import UTC
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic import field_validator

from domain.kernel.errors import InvalidArgument
from domain.kernel.value import Value
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Specimen

NAIVE = datetime(2026, 1, 31, 12, 30)  # noqa: DTZ001  # the point of it
NINES = 10**38 - 1


class Point(Value):
    x: int = 0
    label: str = ""


class Sample(Value):
    number: int = 0
    amount: Decimal = Decimal(0)
    ratio: float = 0.0
    moment: datetime = datetime(2026, 1, 31, tzinfo=UTC)
    text: str = ""
    words: frozenset[str] = frozenset()
    numbers: tuple[int, ...] = ()
    moments: tuple[tuple[datetime, ...], ...] = ()
    ratios: frozenset[float] = frozenset()
    maybe: Decimal | None = None
    points: tuple[Point, ...] = ()


def violations(**fields: Any) -> list[tuple[str, str]]:
    """What is wrong with a sample of `fields`."""
    with pytest.raises(InvalidArgument) as refused:
        Sample(**fields)
    return [(violation.input, violation.rule) for violation in refused.value.violations]


def test_a_value_of_every_type_that_can_be_stored_can_be_hashed():
    assert len({a_specimen("Amber"), a_specimen("Amber")}) == 2
    assert len({Sample(), Sample()}) == 1


def test_a_value_is_frozen():
    sample = Sample()

    with pytest.raises(ValidationError, match="frozen"):
        sample.number = 1  # type: ignore[misc]  # the point of it

    assert sample.number == 0


# What is wrong


def test_an_unknown_field_is_refused_wherever_it_is():
    assert [name for name, _ in violations(colour="red", points=({"x": 1, "y": 2},))] == ["points.0.y", "colour"]


def test_every_input_that_is_wrong_is_named_with_its_path_and_rule():
    found = violations(number="x", points=(Point(), {"x": "y"}, {"label": 7}), numbers=(1, None))

    assert [name for name, _ in found] == ["number", "numbers.1", "points.1.x", "points.2.label"]
    assert dict(found)["points.2.label"] == "Input should be a valid string"


def test_an_error_tells_nothing_of_what_was_given():
    with pytest.raises(InvalidArgument) as refused:
        Sample(number="hunter2")

    assert "hunter2" not in str(refused.value)


def test_every_number_that_cannot_be_stored_is_named():
    found = violations(number=10**38, amount=Decimal("1E+100"), ratio=1e-200, moment=NAIVE)

    assert [name for name, _ in found] == ["number", "amount", "ratio", "moment"]


@pytest.mark.parametrize("number", [NINES, -NINES, 0, True])
def test_an_integer_of_38_digits_is_kept(number):
    assert Sample(number=number, numbers=(number,)).numbers == (number,)


@pytest.mark.parametrize("number", [NINES + 1, -NINES - 1, 10**4000])
def test_an_integer_of_39_digits_is_refused(number):
    assert violations(number=number) == [("number", "must have at most 38 digits")]
    assert violations(numbers=(1, number)) == [("numbers.1", "must have at most 38 digits")]


def test_rules_are_not_named_if_too_many_are_broken():
    given = {f"unknown{number}": number for number in range(10_001)}

    with pytest.raises(InvalidArgument, match=r"breaks 10[0-9]{3} rules, too many to name them") as refused:
        Sample.model_validate(given)

    assert len(refused.value.violations) == 1


@pytest.mark.parametrize("text", ["0", "1." + "2" * 37, "9" * 38, "1E-100", "-9.9E-8", "1" + "0" * 99])
def test_a_decimal_within_bounds_is_kept_digit_by_digit(text):
    assert str(Sample(amount=Decimal(text)).amount) == text


@pytest.mark.parametrize("text", ["1." + "2" * 38, "1" * 39, "-0." + "1" * 39, "1" + "0" * 37 + "1"])
def test_a_decimal_of_39_digits_is_refused(text):
    assert violations(amount=Decimal(text)) == [("amount", "must have at most 38 significant digits")]
    assert [name for name, _ in violations(maybe=Decimal(text))] == ["maybe"]


@pytest.mark.parametrize("text", ["9E-101", "-1E-101", "1E+100", "-1E+100", "1E+999999"])
def test_a_decimal_beyond_all_magnitudes_is_refused(text):
    [(name, rule)] = violations(amount=Decimal(text))

    assert name == "amount"
    assert "between 1E-100 and 1E+100" in rule


@pytest.mark.parametrize("number", [0.0, -0.0, 0.1, 1e-100, 9.9e99, 1 / 3])
def test_a_float_within_bounds_is_kept(number):
    assert Sample(ratio=number, ratios={number}).ratios == {number}


@pytest.mark.parametrize("number", [1e100, -1e100, 9.9e-101, 5e-324, 1.7e308])
def test_a_float_beyond_all_magnitudes_is_refused(number):
    assert [name for name, _ in violations(ratio=number)] == ["ratio"]
    assert [name for name, _ in violations(ratios={number})] == ["ratios.0"]


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_what_is_not_finite_is_refused(text):
    for wrong in ({"ratio": float(text)}, {"amount": Decimal(text)}, {"maybe": Decimal(text)}, {"ratio": text}):
        assert [name for name, _ in violations(**wrong)] == list(wrong)
    assert [name for name, _ in violations(ratios={float(text)})] == ["ratios.0"]


def test_a_signalling_nan_is_refused():
    assert [name for name, _ in violations(amount=Decimal("sNaN"))] == ["amount"]


def test_a_time_without_a_zone_is_refused_however_deep_it_is():
    zoned = NAIVE.replace(tzinfo=UTC)

    assert violations(moment=NAIVE) == [("moment", "must carry a time zone")]
    assert violations(moment="2026-01-31T12:30:00") == [("moment", "must carry a time zone")]
    assert violations(moments=((zoned,), (zoned, NAIVE))) == [("moments.1.1", "must carry a time zone")]


def test_a_default_is_held_to_the_rules_too():
    class Late(Value):
        moment: datetime = NAIVE

    with pytest.raises(InvalidArgument, match="moment: must carry a time zone"):
        Late()


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"], ids=ascii)
def test_a_text_with_a_lone_surrogate_is_refused_wherever_it_is(text):
    assert [name for name, _ in violations(text=text)] == ["text"]
    assert [name for name, _ in violations(points=({"label": text},))] == ["points.0.label"]
    assert [name for name, _ in violations(words={text})] == ["words.0"]


def test_a_rule_of_a_nested_value_is_kept():
    with pytest.raises(InvalidArgument, match="38 digits"):
        Sample(points=({"x": 10**38},))


# Names that a field cannot have


@pytest.mark.parametrize("name", ["evolve", "model_fields_set", "copy"])
def test_a_field_called_like_a_method_or_property_is_refused_when_the_class_is_made(name):
    with pytest.raises(TypeError, match=rf"Made\.{name}: \w+ has a method or property of this name"):
        type("Made", (Value,), {"__annotations__": {name: str}})


def test_a_field_called_like_a_property_of_a_class_in_between_is_refused_too():
    class Round(Value):
        @property
        def radius(self) -> int:
            return 1

    with pytest.raises(TypeError, match=r"Made\.radius: Round has .* write a property of this name that returns it"):
        type("Made", (Round,), {"__annotations__": {"radius": int}, "radius": 2})


# The errors


def test_an_invalid_argument_is_no_value_error_and_comes_bare_out_of_a_validator():
    raised = InvalidArgument("label", "must rhyme")

    class Rhyme(Value):
        label: str

        @field_validator("label")
        @classmethod
        def _rhymes(cls, label: str) -> str:
            raise raised

    with pytest.raises(InvalidArgument) as refused:
        Rhyme(label="orange")

    assert refused.value is raised
    assert not isinstance(raised, ValueError)


def test_what_is_no_mapping_at_all_is_refused_by_the_name_of_the_class():
    with pytest.raises(InvalidArgument) as refused:
        Sample.model_validate([1])

    assert [violation.input for violation in refused.value.violations] == ["Sample"]


# Evolving


def test_evolving_gives_a_new_value_and_leaves_the_old_one():
    old = Sample(number=1, text="a", points=(Point(x=1),))

    new = old.evolve(number=2)

    assert (new.number, new.text, new.points) == (2, "a", old.points)
    assert old.number == 1


@pytest.mark.parametrize("changes", [{"number": "x"}, {"moment": NAIVE}, {"colour": "red"}, {"words": {7}}])
def test_evolving_validates_as_if_it_were_new(changes):
    with pytest.raises(InvalidArgument) as refused:
        Sample().evolve(**changes)

    assert [violation.input.partition(".")[0] for violation in refused.value.violations] == list(changes)


def test_an_evolved_specimen_of_every_type_is_equal_to_itself():
    specimen = a_specimen("Amber", words=("a", "b"), numbers={1, 2}, table=((1,), (2, 3)))

    evolved = specimen.evolve(name="Amber")

    assert evolved == specimen
    assert type(evolved) is Specimen
