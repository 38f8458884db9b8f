"""What the bases of use cases do with what a subclass says."""

from typing import get_type_hints

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.api.endpoint import Endpoint
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateRemoved
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.usecases.changing import ALONE
from tests.kernel.usecases.changing import TOGETHER
from tests.kernel.usecases.changing import Discard
from tests.kernel.usecases.changing import DiscardTogether
from tests.kernel.usecases.changing import Meanwhile
from tests.kernel.usecases.changing import Rename
from tests.kernel.usecases.changing import RenameTogether
from tests.kernel.usecases.changing import Swap
from tests.kernel.usecases.changing import SwapRequest
from tests.kernel.usecases.changing import WeighRequest
from usecases.kernel.changes import Transaction
from usecases.kernel.generics import resolved
from usecases.kernel.requests import ChangeRequest


def amount(container, specimen):
    return container.specimens().get(specimen.id, consistent=True).amount


@pytest.mark.parametrize("expected", [{}, {"expected_version": 1}], ids=["any version", "the version"])
@pytest.mark.parametrize("case", [Rename, RenameTogether])
def test_a_change_is_saved_with_its_events_and_returned_as_it_is_stored(
    container, crate, run, published, case, expected
):
    changed = run(case, Meanwhile(), **expected)

    assert changed == crate.rename("Rail!").at_version(2)
    assert container.crates().get(crate.id) == changed
    [event] = published()
    assert (type(event), event.aggregate_id, event.version, event.name) == (CrateRenamed, crate.id, 2, "Rail!")


@pytest.mark.parametrize("expected", [{}, {"expected_version": 1}], ids=["any version", "the version"])
@pytest.mark.parametrize("case", [Discard, DiscardTogether])
def test_a_removal_removes_and_tells_its_last_events(container, crate, run, published, case, expected):
    assert run(case, Meanwhile(), **expected) is None

    assert container.crates().get_many([crate.id]) == []
    assert [type(event) for event in published()] == [CrateRemoved]


def test_a_removal_that_raises_removes_nothing(container, published):
    kept = container.crates().add(a_crate("kept"))

    with pytest.raises(InvalidArgument, match="must stay"):
        Discard(container, Meanwhile()).execute(ChangeRequest(id=kept.id))

    assert container.crates().get(kept.id) == kept
    assert published() == []


@pytest.mark.parametrize("case", TOGETHER)
def test_what_is_changed_together_is_committed_together(container, specimen, run, case):
    run(case, Meanwhile())

    assert amount(container, specimen) == 1


@pytest.mark.parametrize("case", [*ALONE, *TOGETHER])
def test_what_is_not_there_is_not_found(container, crate, run, others, case):
    others.remove_the_crate()

    with pytest.raises(NotFound) as missing:
        run(case, Meanwhile())

    assert (missing.value.kind, missing.value.id) == ("Crate", crate.id)


@pytest.mark.parametrize("case", [*ALONE, *TOGETHER])
def test_another_version_than_expected_is_a_conflict_before_anything_is_decided(
    container, crate, specimen, run, published, case
):
    meanwhile = Meanwhile()

    with pytest.raises(Conflict) as refused:
        run(case, meanwhile, expected_version=2)

    assert (refused.value.expected, refused.value.found) == (2, 1)
    assert meanwhile.attempts == 0
    assert (container.crates().get(crate.id), amount(container, specimen)) == (crate, 0)
    assert published() == []


class ForgetfulUseCase:
    """Takes a version and compares it with nothing."""

    def execute(self, request: ChangeRequest) -> Crate:
        raise NotImplementedError


class ForgetfulTransaction(Transaction[SwapRequest, Crate]):
    """Its request, as it says, has no version."""

    def change(self, request: SwapRequest, work: UnitOfWork) -> Crate:
        raise NotImplementedError


@pytest.mark.parametrize("case", [ForgetfulUseCase, ForgetfulTransaction])
def test_an_endpoint_with_a_version_that_the_use_case_would_not_require_is_refused(case):
    with pytest.raises(TypeError, match=rf"{case.__name__}: ChangeRequest has an expected_version.*ChangeOne"):
        Endpoint("PATCH", "/crates/{id}", ChangeRequest, case, scope=None)


@pytest.mark.parametrize("case", [Rename, Discard, RenameTogether, DiscardTogether, Swap])
def test_a_use_case_with_an_execute_of_its_own_is_refused(case):
    with pytest.raises(TypeError, match=r"Mine must not have an execute of its own.*write change, or remove"):
        type("Mine", (case,), {"execute": lambda self, request: None})


def test_a_transaction_for_a_request_with_a_version_is_refused():
    with pytest.raises(TypeError, match=r"Mine: WeighRequest has an expected_version.*use ChangeTogether"):

        class Mine(Transaction[WeighRequest, None]):
            def change(self, request: WeighRequest, work: UnitOfWork) -> None: ...


def test_the_result_of_a_use_case_is_what_its_base_is_told():
    def result(case):
        return resolved(get_type_hints(case.execute)["return"], case)

    assert [result(case) for case in (Rename, RenameTogether)] == [Crate, Crate]
    assert [result(case) for case in (Discard, DiscardTogether)] == [type(None)] * 2
    assert result(Swap) == tuple[Crate, Crate]
    assert result(type("Inherited", (Rename,), {})) is Crate
