"""Errors as problems: a status and a type for each, and nothing of the inside."""

import json
from http import HTTPStatus

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import EntityError
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
from infrastructure.kernel.api.problems import STATUS
from infrastructure.kernel.api.problems import failure
from infrastructure.kernel.api.problems import problem_type
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.service.container import Container

CONFLICT = Conflict("Crate", "s1", expected=1, found=2)
ERRORS = (
    (InvalidArgument("name", "is odd", Violation("id", "is even")), 422, "invalid-argument"),
    (InvalidCursor(), 400, "invalid-cursor"),
    (NotFound("Crate", "s1"), 404, "not-found"),
    (AlreadyExists("Crate", "s1"), 409, "already-exists"),
    (CONFLICT, 409, "conflict"),
    (TooLarge("Crate", "s1", size=2, limit=1), 413, "too-large"),
    (Unreadable("Crate", "s1", "no name"), 500, "unreadable"),
    (Undeliverable("CrateCreated", "e1", "it is odd"), 500, "undeliverable"),
    (TransactionFailed(Failure("Crate", "s1", CONFLICT)), 409, "transaction-failed"),
    (PartialFailure("s1", "s2"), 503, "partial-failure"),
    (Unavailable("throttled"), 503, "unavailable"),
    (Unavailable("timed out", maybe_applied=True), 503, "unavailable"),
    (Misconfigured("no such table"), 500, "misconfigured"),
)


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


class Failing:
    """Stands in for any use case, or any adapter that is asked for its health."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def execute(self, request: object) -> object:
        raise self._error

    def check(self) -> None:
        raise self._error


def subclasses(error: type[ServiceError]) -> set[type[ServiceError]]:
    return {error}.union(*(subclasses(subclass) for subclass in error.__subclasses__()))


def test_every_error_has_a_status_and_a_type_of_its_own():
    abstract = {ServiceError, EntityError}

    errors = {error for error in subclasses(ServiceError) - abstract if not error.__module__.startswith("tests.")}

    assert errors <= set(STATUS)
    assert len({problem_type(error) for error in errors}) == len(errors)
    assert {type(error) for error, _, _ in ERRORS} == {e for e in errors if e.__module__ == "domain.kernel.errors"}


@pytest.mark.parametrize(("error", "status", "kind"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_of_a_use_case_is_a_problem_that_says_all_of_it(api, container, error, status, kind):
    container.get_crate.override(Failing(error))

    answer = api.get("/crates/s1")

    assert problem(answer) == (status, kind)
    assert answer.json()["title"] == kind.replace("-", " ").capitalize()
    assert answer.json()["detail"] == str(error)
    assert json.loads(json.dumps(error.data)).items() <= answer.json().items()
    assert answer.headers.get("retry-after") == ("1" if status == 503 and error.retryable else None)


def test_a_conflict_under_if_match_is_a_failed_precondition_and_no_other_error_is(api, container):
    answers = []
    for error in (CONFLICT, AlreadyExists("Crate", "s1"), TransactionFailed(Failure("Crate", "s1", CONFLICT))):
        container.remove_crate.override(Failing(error))
        answers.append(api.delete("/crates/s1", headers={"if-match": '"1"'}))

    assert [problem(answer) for answer in answers] == [
        (412, "conflict"),
        (409, "already-exists"),
        (409, "transaction-failed"),
    ]


@pytest.mark.parametrize("error", [RuntimeError("hunter2"), ValueError("hunter2"), KeyError("hunter2")], ids=repr)
def test_an_unexpected_error_tells_nothing_of_itself_but_to_the_log(api, container, caplog, error):
    container.get_crate.override(Failing(error))

    answer = api.get("/crates/s1")

    assert problem(answer) == (500, "internal-error")
    assert not [word for word in ("hunter2", "Traceback", type(error).__name__, ".py") if word in answer.text]
    assert "hunter2" in caplog.text
    assert "Traceback" in caplog.text


def test_a_use_case_that_cannot_be_built_is_an_internal_error(api, container):
    container.crates.override(Failing(RuntimeError()))
    container.get_crate.override("no use case at all")

    answers = (api.get("/crates"), api.get("/crates/s1"))

    assert [problem(answer) for answer in answers] == [(500, "internal-error")] * 2


def test_a_kind_of_error_that_the_api_does_not_know_is_answered_as_its_base():
    class Gone(NotFound):
        """It was there once."""

    answer = failure(Gone("Crate", "s1"))

    assert answer.status == HTTPStatus.NOT_FOUND
    assert json.loads(answer.body)["type"] == "urn:problem-type:gone"


def test_an_error_of_an_owner_with_no_base_but_service_error_is_an_internal_error_of_its_own_type():
    class Overbooked(ServiceError):
        """More guests than beds."""

    answer = failure(Overbooked("3 guests, 2 beds"))

    assert answer.status == 500
    assert json.loads(answer.body)["type"] == problem_type(Overbooked)


def test_errors_of_the_service_are_logged_and_those_of_callers_are_not(api, container, caplog):
    for error in (NotFound("Crate", "s1"), Misconfigured("no such table")):
        container.get_crate.override(Failing(error))
        api.get("/crates/s1")

    assert [record.getMessage() for record in caplog.records if record.name.startswith("infrastructure.")] == [
        "Misconfigured: no such table"
    ]


def test_a_service_that_runs_is_alive_and_ready(api):
    answers = (api.get("/health/live"), api.get("/health/ready"))

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"status": "ok"})] * 2


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [(Misconfigured("no such table: crates"), 500, "misconfigured"), (Unavailable("timed out"), 503, "unavailable")],
    ids=lambda value: type(value).__name__,
)
def test_a_service_that_cannot_serve_is_alive_but_not_ready_and_says_why(api, container, error, status, kind):
    container.persistence.override(Failing(error))

    ready, live = api.get("/health/ready"), api.get("/health/live")

    assert problem(ready) == (status, kind)
    assert ready.json()["detail"] == str(error)
    assert live.status_code == 200
