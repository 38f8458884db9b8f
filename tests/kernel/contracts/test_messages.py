"""A contract that loops says which of its inputs was not refused."""

import traceback

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from tests.kernel.contracts.base import refusal
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.service.domain import Crate


def test_an_input_that_is_taken_is_named_together_with_the_error_that_was_expected():
    with (
        pytest.raises(pytest.fail.Exception, match=r"^'a/b' was taken; expected InvalidArgument$"),
        refusal(InvalidArgument, of="a/b"),
    ):
        pass


def test_an_input_that_is_refused_for_another_reason_is_named_with_that_error():
    with pytest.raises(NotFound) as raised, refusal(Conflict, of="save"):
        raise NotFound("Crate", "c1")

    message = "".join(traceback.format_exception_only(raised.value))
    assert message.startswith("domain.kernel.errors.NotFound: Crate c1 does not exist")
    assert "'save' was tried; expected Conflict" in message


def test_the_error_can_be_looked_at():
    with refusal(NotFound, of="get") as refused:
        raise NotFound("Crate", "c1")

    assert refused.value.id == "c1"


def test_a_contract_names_the_input_that_an_adapter_takes():
    class TakesAnything:
        def get(self, id: str) -> None: ...

    class OfCrates(RepositoryContract[Crate]):
        named = staticmethod(lambda name: Crate(id="c1", name=name))

    with pytest.raises(pytest.fail.Exception, match=r"^\('get', ''\) was taken; expected InvalidArgument$"):
        OfCrates().test_an_impossible_id_is_refused_and_nothing_is_removed(TakesAnything(), Crate(id="c1", name="A"))
