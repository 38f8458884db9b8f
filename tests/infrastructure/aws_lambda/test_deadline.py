"""Handlers keep to the time that Lambda gives an invocation."""

from typing import Any

import pytest

from infrastructure.aws_lambda.invocation import invoked
from infrastructure.settings import Settings
from tests.infrastructure.aws_lambda.invocations import Invocation
from usecases.deadline import deadline


def test_an_invocation_has_the_time_that_lambda_leaves_it_and_the_buffer_of_the_settings():
    handler = invoked(lambda event: deadline(), Settings(deadline_buffer_seconds=7))

    here = handler({}, Invocation(seconds=1000))

    assert here is not None
    assert here.buffer == 7
    assert 990 < here.seconds_left() + 3.5 <= 1000
    assert deadline() is None


def test_nothing_is_left_of_the_deadline_of_an_invocation_that_failed():
    def fail(event: Any) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        invoked(fail, Settings())({}, Invocation())

    assert deadline() is None
