"""What is worth another attempt has one, as long as there are some left, and time for them."""

import subprocess
import sys

import pytest

from usecases.kernel.deadline import within
from usecases.kernel.retries import Retry
from usecases.kernel.retries import SomeLeft
from usecases.kernel.retries import leaves_some


class Passing(Exception):
    """Worth another attempt."""


class Lasting(Exception):
    """Not worth one."""


class Failing:
    """Raises each of `errors`, one an attempt, before it succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.attempts = 0

    def __call__(self, what: str) -> str:
        self.attempts += 1
        if self.errors:
            raise self.errors.pop(0)
        return f"{what} done"


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How long was waited, without any waiting."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    return waits


def a_retry(**options):
    passing = (Passing, SomeLeft)
    return Retry(lambda error: isinstance(error, passing), **{"wait_seconds": 1, "max_wait_seconds": 2, **options})


@pytest.mark.parametrize("failures", range(4))
def test_it_is_called_until_it_succeeds_with_what_was_given(failures, waits):
    call = Failing(*[Passing() for _ in range(failures)])

    assert a_retry(attempts=4)(call, "this") == "this done"
    assert call.attempts == failures + 1
    assert len(waits) == failures


def test_the_waits_differ_and_grow_up_to_a_limit(waits):
    for _ in range(50):
        a_retry(wait_seconds=1, max_wait_seconds=2)(Failing(*[Passing() for _ in range(3)]), "this")
    first, second, third = (waits[place::3] for place in range(3))

    assert 0 < max(first) <= 1 < max(second) <= 2
    assert 1 < max(third) <= 2
    assert len(set(waits)) > 100


def test_by_default_a_wait_is_a_second_at_most(waits):
    Retry(leaves_some)(Failing(*[SomeLeft() for _ in range(100)]), "this")

    assert 0.5 < max(waits) <= 1


@pytest.mark.parametrize("attempts", [1, 3])
def test_the_error_of_the_last_attempt_is_raised_itself(attempts):
    errors = [Passing() for _ in range(attempts)]
    call = Failing(*errors, Passing())

    with pytest.raises(Passing) as raised:
        a_retry(attempts=attempts)(call, "this")

    assert raised.value is errors[-1]
    assert call.attempts == attempts


@pytest.mark.parametrize("before", range(3))
def test_an_error_that_will_last_ends_it_at_once(before):
    call = Failing(*[Passing() for _ in range(before)], Lasting())

    with pytest.raises(Lasting):
        a_retry(attempts=9)(call, "this")

    assert call.attempts == before + 1


def test_without_a_number_of_attempts_only_the_deadline_ends_it(waits):
    call = Failing(*[SomeLeft() for _ in range(1000)])

    assert a_retry()(call, "this") == "this done"
    assert call.attempts == 1001
    with within(60, buffer=61), pytest.raises(SomeLeft):
        a_retry()(Failing(SomeLeft()), "this")


def test_who_may_refuse_another_attempt_is_asked_only_if_nothing_else_ends_it():
    asked = []

    def never(state):
        asked.append(state.attempt_number)
        return len(asked) == 2

    with pytest.raises(Passing):
        a_retry(attempts=9, unless=never)(Failing(*[Passing() for _ in range(9)]), "this")
    assert asked == [1, 2]

    with pytest.raises(Passing):
        a_retry(attempts=1, unless=never)(Failing(Passing()), "this")
    assert asked == [1, 2]


def test_what_succeeds_does_not_even_import_tenacity():
    script = (
        "import sys; from usecases.kernel.retries import Retry;"
        "Retry(bool, wait_seconds=1, max_wait_seconds=1)(print, 'done'); print('tenacity' in sys.modules)"
    )

    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["done", "False"]
