"""A use case that loses a race runs again, a bounded number of times."""

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import Failure
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import ServiceError
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from usecases.kernel.conflicts import MAX_ATTEMPTS
from usecases.kernel.conflicts import MAX_WAIT_SECONDS
from usecases.kernel.conflicts import retry_conflicts
from usecases.kernel.conflicts import retry_failed_transactions

CONFLICT = Conflict("Specimen", "s1", expected=1, found=2)
GONE = NotFound("Specimen", "s1")


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How long was waited, without any waiting."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    return waits


class Losing:
    """Ends in each of `errors`, one a run, before it succeeds."""

    def __init__(self, *errors: ServiceError) -> None:
        self.errors = list(errors)
        self.runs = 0

    def __call__(self) -> str:
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)
        return "changed"


@pytest.mark.parametrize(
    "conflict",
    [
        CONFLICT,
        TransactionFailed(Failure("Specimen", "s1", CONFLICT)),
        TransactionFailed(Failure("Specimen", "s1", CONFLICT), Failure("Specimen", "s2", CONFLICT)),
    ],
    ids=["one", "a commit", "a commit of several"],
)
def test_a_conflict_is_tried_again_from_the_first_read(conflict, waits):
    use_case = Losing(conflict, conflict)

    result = retry_conflicts(use_case)

    assert result == "changed"
    assert use_case.runs == 3
    assert len(waits) == 2


def test_what_always_conflicts_ends_in_the_conflict_after_a_bounded_number_of_runs(waits):
    use_case = Losing(*[CONFLICT] * (MAX_ATTEMPTS + 1))

    with pytest.raises(Conflict) as ended:
        retry_conflicts(use_case)

    assert ended.value is CONFLICT
    assert use_case.runs == MAX_ATTEMPTS
    assert len(waits) == MAX_ATTEMPTS - 1


def test_the_waits_are_bounded_and_differ(waits):
    for _ in range(20):
        with pytest.raises(Conflict):
            retry_conflicts(Losing(*[CONFLICT] * MAX_ATTEMPTS))

    assert all(0 <= wait <= MAX_WAIT_SECONDS for wait in waits)
    assert len(set(waits)) > len(waits) / 2
    firsts, lasts = waits[:: MAX_ATTEMPTS - 1], waits[MAX_ATTEMPTS - 2 :: MAX_ATTEMPTS - 1]
    assert max(firsts) < 0.02 < max(lasts)


@pytest.mark.parametrize("retry", [retry_conflicts, retry_failed_transactions], ids=["all", "transactions"])
def test_a_transaction_that_only_conflicts_stood_in_the_way_of_is_tried_again(retry):
    use_case = Losing(TransactionFailed(Failure("Specimen", "s1", CONFLICT)))

    assert retry(use_case) == "changed"
    assert use_case.runs == 2


def test_a_bare_conflict_is_raised_at_once_where_only_transactions_are_tried_again(waits):
    use_case = Losing(CONFLICT)

    with pytest.raises(Conflict):
        retry_failed_transactions(use_case)

    assert (use_case.runs, waits) == (1, [])


@pytest.mark.parametrize(
    "error",
    [
        GONE,
        AlreadyExists("Specimen", "s1"),
        InvalidArgument("name", "is odd"),
        PartialFailure("s1"),
        Unavailable("throttled"),
        Unavailable("timed out", maybe_applied=True),
        Misconfigured("no such table"),
        TransactionFailed(Failure("Specimen", "s1", GONE)),
        TransactionFailed(Failure("Specimen", "s1", CONFLICT), Failure("Specimen", "s2", GONE)),
    ],
    ids=repr,
)
@pytest.mark.parametrize("retry", [retry_conflicts, retry_failed_transactions], ids=["all", "transactions"])
def test_no_other_error_is_tried_again(retry, error, waits):
    use_case = Losing(error)

    with pytest.raises(type(error)) as ended:
        retry(use_case)

    assert ended.value is error
    assert (use_case.runs, waits) == (1, [])


def test_an_error_after_a_conflict_ends_the_attempts():
    use_case = Losing(CONFLICT, GONE)

    with pytest.raises(NotFound):
        retry_conflicts(use_case)

    assert use_case.runs == 2
