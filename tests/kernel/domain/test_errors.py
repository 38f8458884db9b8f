"""Errors: drawn as a tree, each with its advice and its data."""

import inspect
import json
import re

import pytest

from domain.kernel import errors
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import Failure
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import ServiceError
from domain.kernel.errors import TooLarge
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Undeliverable
from domain.kernel.errors import Unreadable
from domain.kernel.errors import Violation

CONFLICT = Conflict("Specimen", "s1", expected=1, found=2)
GONE = NotFound("Specimen", "s1")
IN_THE_WAY = Failure("Specimen", "s1", CONFLICT)

RETRYABLE = (
    CONFLICT,
    TransactionFailed(IN_THE_WAY),
    TransactionFailed(IN_THE_WAY, IN_THE_WAY),
    PartialFailure("s1"),
    Unavailable("throttled"),
)
FINAL = (
    InvalidArgument("name", "is odd"),
    InvalidCursor(),
    GONE,
    AlreadyExists("Specimen", "s1"),
    TooLarge("Specimen", "s1", size=2, limit=1),
    Unreadable("Specimen", "s1", "name: is odd"),
    Undeliverable("SpecimenCreated", "e1", "it is odd"),
    TransactionFailed(Failure("Specimen", "s1", GONE)),
    TransactionFailed(IN_THE_WAY, Failure("Specimen", "s2", GONE)),
    Unavailable("timed out", maybe_applied=True),
    Misconfigured("no such table"),
)


def defined() -> dict[str, type[ServiceError]]:
    return {
        name: value
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, ServiceError)
    }


def test_the_tree_that_is_drawn_is_the_tree_that_is_defined():
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if branch := re.match(r"((?:│   |    )*)(├── |└── )?([A-Z]\w+)(?:  |$)", line):
            depth = len(branch[1]) // 4 + bool(branch[2])
            path[depth:] = [branch[3]]
            drawn[branch[3]] = path[depth - 1] if depth else "Exception"

    assert drawn == {name: error.__mro__[1].__name__ for name, error in defined().items()}


def test_what_is_drawn_says_what_each_error_means():
    for name, error in defined().items():
        assert inspect.getdoc(error), name
        assert error.__doc__ != error.__mro__[1].__doc__, name


def test_the_samples_here_are_of_every_error_that_is_raised():
    abstract = {"ServiceError", "EntityError"}

    assert {type(error).__name__ for error in (*RETRYABLE, *FINAL)} == set(defined()) - abstract


@pytest.mark.parametrize("error", RETRYABLE, ids=repr)
def test_what_may_be_tried_again_says_so(error):
    assert error.retryable is True


@pytest.mark.parametrize("error", FINAL, ids=repr)
def test_what_must_not_be_tried_again_says_so(error):
    assert error.retryable is False


@pytest.mark.parametrize("error", [*RETRYABLE, *FINAL], ids=repr)
def test_every_error_has_a_message_and_data_in_plain_json(error):
    assert str(error)
    assert json.loads(json.dumps(error.data)) == error.data


@pytest.mark.parametrize("error", [*RETRYABLE, *FINAL], ids=repr)
def test_no_error_is_one_that_a_validator_would_swallow(error):
    assert not isinstance(error, ValueError | AssertionError)


def test_an_invalid_argument_names_every_violation():
    error = InvalidArgument.of([Violation("name", "is odd"), Violation("id", "is even")])

    assert str(error) == "name: is odd; id: is even"
    assert error.violations == (("name", "is odd"), ("id", "is even"))
    assert error.data == {"errors": [{"input": "name", "rule": "is odd"}, {"input": "id", "rule": "is even"}]}


def test_an_error_about_an_entity_names_it():
    assert GONE.data == {"kind": "Specimen", "id": "s1"}
    assert str(GONE) == "Specimen s1 does not exist"


def test_a_conflict_says_which_version_was_expected_and_which_was_found():
    assert CONFLICT.data == {"kind": "Specimen", "id": "s1", "expected": 1, "found": 2}


def test_a_failed_transaction_says_what_stood_in_the_way():
    error = TransactionFailed(IN_THE_WAY, Failure("Specimen", "s2", NotFound("Specimen", "s2")))

    assert [(each["kind"], each["id"], each["error"]) for each in error.data["failures"]] == [
        ("Specimen", "s1", "Conflict"),
        ("Specimen", "s2", "NotFound"),
    ]
    assert str(error) == f"{CONFLICT}; Specimen s2 does not exist"


def test_no_answer_says_whether_the_change_may_have_been_made():
    assert Unavailable("timed out").data == {"maybe_applied": False}
    assert Unavailable("timed out", maybe_applied=True).data == {"maybe_applied": True}
    assert "may have been applied" in str(Unavailable("timed out", maybe_applied=True))


def test_what_is_too_large_says_so_even_if_only_the_store_knows_the_size():
    measured = TooLarge("Specimen", "s1", size=409_601, limit=409_600)
    unmeasured = TooLarge("Specimen", "s1", size=None, limit=409_600)

    assert str(measured) == "Specimen s1 takes 409601 bytes; the limit is 409600"
    assert str(unmeasured) == "Specimen s1 takes too many bytes; the limit is 409600"
    assert unmeasured.data == {"kind": "Specimen", "id": "s1", "size": None, "limit": 409_600}
