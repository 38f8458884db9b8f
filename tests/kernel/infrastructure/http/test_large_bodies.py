"""Bodies with very many members are refused before each member is checked."""

import tracemalloc

import pytest

from infrastructure.kernel.api.bounds import MAX_VALUES
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations
from tests.kernel.service.container import Container
from usecases.kernel.requests import LookUpRequest

MEGABYTE = 1024 * 1024


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


pytestmark = pytest.mark.usefixtures("unchanged")


@pytest.mark.parametrize("member", [".", 7, None, [], {}], ids=str)
def test_a_look_up_of_too_many_is_refused_by_its_length_before_any_id_is_checked(api, member, monkeypatch):
    monkeypatch.setattr(LookUpRequest, "model_validate_json", lambda *_: pytest.fail("the ids were checked"))

    answer = api.post("/crates/lookup", json={"ids": [member] * 1001})

    assert problem(answer) == (422, "invalid-argument")
    assert answer.json()["errors"] == [{"input": "ids", "rule": "must have at most 1000 members, not 1001"}]


def test_a_look_up_of_a_thousand_wrong_ids_names_a_hundred(api):
    answer = api.post("/crates/lookup", json={"ids": ["."] * 1000})

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == [f"ids.{number}" for number in range(100)]


@pytest.mark.parametrize(
    "given",
    [
        {"name": [0] * MAX_VALUES},
        {"name": [[0, 0]] * (MAX_VALUES // 2)},
        {str(number): 0 for number in range(MAX_VALUES + 1)},
    ],
    ids=["array", "arrays", "object"],
)
def test_a_body_of_too_many_values_is_refused(api, given):
    answer = api.post("/crates", json=given)

    assert problem(answer) == (422, "invalid-argument")
    assert answer.json()["errors"] == [{"input": "body", "rule": f"must have at most {MAX_VALUES} values"}]


def test_a_body_of_as_many_values_as_there_may_be_is_checked(api):
    answer = api.post("/crates", json={"name": "Rail", "colours": [0] * (MAX_VALUES - 2)})

    assert violations(answer) == ["colours"]


def test_what_is_refused_takes_a_few_times_the_memory_of_its_body(api):
    body = b'{"ids": [' + b",".join([b'"."'] * 250_000) + b"]}"
    tracemalloc.start()

    answer = api.post("/crates/lookup", content=body, headers={"content-type": "application/json"})

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem(answer) == (422, "invalid-argument")
    assert peak < 20 * MEGABYTE
