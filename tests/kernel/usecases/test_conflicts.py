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
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest

CONFLICT = Conflict("Specimen", "s1", expected=1, found=2)
GONE = NotFound("Specimen", "s1")
REQUEST = GetRequest(id="s1")


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """How long was waited, without any waiting."""
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    return waits


class Losing:
    """A use case that ends in each of `errors`, one a run, before it succeeds."""

    def __init__(self, *errors: ServiceError) -> None:
        self.errors = list(errors)
        self.runs = 0

    @retry_conflicts
    def execute(self, request: GetRequest | ChangeRequest) -> str:
        """What it does."""
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)
        return f"changed {request.id}"


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

    result = use_case.execute(REQUEST)

    assert result == "changed s1"
    assert use_case.runs == 3
    assert len(waits) == 2


def test_what_always_conflicts_ends_in_the_conflict_after_a_bounded_number_of_runs(waits):
    use_case = Losing(*[CONFLICT] * (MAX_ATTEMPTS + 1))

    with pytest.raises(Conflict) as ended:
        use_case.execute(REQUEST)

    assert ended.value is CONFLICT
    assert use_case.runs == MAX_ATTEMPTS
    assert len(waits) == MAX_ATTEMPTS - 1


def test_the_waits_are_bounded_and_differ(waits):
    for _ in range(20):
        with pytest.raises(Conflict):
            Losing(*[CONFLICT] * MAX_ATTEMPTS).execute(REQUEST)

    assert all(0 <= wait <= MAX_WAIT_SECONDS for wait in waits)
    assert len(set(waits)) > len(waits) / 2
    firsts, lasts = waits[:: MAX_ATTEMPTS - 1], waits[MAX_ATTEMPTS - 2 :: MAX_ATTEMPTS - 1]
    assert max(firsts) < 0.02 < max(lasts)


def test_a_caller_that_expects_a_version_hears_of_the_conflict_at_once(waits):
    use_case = Losing(CONFLICT)

    with pytest.raises(Conflict):
        use_case.execute(ChangeRequest(id="s1", expected_version=1))

    assert (use_case.runs, waits) == (1, [])


def test_a_caller_that_could_expect_a_version_and_does_not_is_served_after_a_conflict():
    use_case = Losing(CONFLICT)

    assert use_case.execute(ChangeRequest(id="s1")) == "changed s1"


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
def test_no_other_error_is_tried_again(error, waits):
    use_case = Losing(error)

    with pytest.raises(type(error)) as ended:
        use_case.execute(REQUEST)

    assert ended.value is error
    assert (use_case.runs, waits) == (1, [])


def test_an_error_after_a_conflict_ends_the_attempts():
    use_case = Losing(CONFLICT, GONE)

    with pytest.raises(NotFound):
        use_case.execute(REQUEST)

    assert use_case.runs == 2


def test_a_use_case_that_retries_still_says_what_it_takes_and_does():
    assert Losing.execute.__doc__ == "What it does."
    assert Losing.execute.__annotations__["return"] is str
