"""A rule over several aggregates is raised if it was broken at one moment, and not only between two reads."""

from decimal import Decimal
from typing import ClassVar

import pytest

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.unit_of_work import MAX_CHANGES
from domain.kernel.unit_of_work import UnitOfWork
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.domain import Crate
from tests.kernel.usecases.changing import Meanwhile
from tests.kernel.usecases.changing import RenameTogether
from tests.kernel.usecases.changing import Swap
from tests.kernel.usecases.changing import SwapRequest
from tests.kernel.usecases.races import interfere_between_reads
from usecases.kernel.changes import Transaction
from usecases.kernel.requests import GetRequest


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)


def test_a_rule_that_is_broken_is_raised_and_changes_nothing(container, crate, specimen, run, published):
    full = container.specimens().save(specimen.evolve(amount=Decimal(2)))

    with pytest.raises(InvalidArgument, match="at most 2"):
        run(RenameTogether, Meanwhile(), expected_version=1)

    assert container.specimens().get(specimen.id) == full
    assert container.crates().get(crate.id) == crate
    assert published() == []


def test_a_rule_that_only_looked_broken_between_two_reads_is_not_raised(container):
    crates = container.crates()
    one, other = crates.add(a_crate("one")), crates.add(a_crate("other"))

    def swap_names_first():
        crates.save(one.rename("other"))
        crates.save(other.rename("one"))

    interfere_between_reads(container, swap_names_first)

    swapped = Swap(container.unit_of_work, container.events()).execute(SwapRequest(crate_ids=(one.id, other.id)))

    assert [crate.name for crate in swapped] == ["one", "other"]
    assert [crate.version for crate in swapped] == [3, 3]


def test_a_rule_that_is_broken_although_others_write_is_raised(container):
    crates = container.crates()
    one, other = crates.add(a_crate("same")), crates.add(a_crate("same"))
    interfere_between_reads(container, lambda: crates.save(one))

    with pytest.raises(InvalidArgument, match="two names"):
        Swap(container.unit_of_work, container.events()).execute(SwapRequest(crate_ids=(one.id, other.id)))

    assert crates.get(one.id) == one.at_version(2)


class Reads(Transaction[SwapRequest, None]):
    """Reads several, until one is not there. Keeps its units of work in `begun`."""

    begun: ClassVar[list[UnitOfWork]]

    def change(self, request: SwapRequest, work: UnitOfWork) -> None:
        self.begun.append(work)
        for id in request.crate_ids:
            work.of(Crate).get(id)


@pytest.fixture
def begun(monkeypatch):
    monkeypatch.setattr(Reads, "begun", [], raising=False)
    return Reads.begun


def test_one_that_seems_to_be_missing_beside_one_that_was_changed_is_looked_for_again(container, begun):
    stored = container.crates().add(a_crate())
    interfere_between_reads(container, lambda: container.crates().save(stored))

    with pytest.raises(NotFound):
        Reads(container.unit_of_work, container.events()).execute(SwapRequest(crate_ids=(stored.id, "none")))

    assert len(begun) == 2


def test_what_is_missing_alone_is_not_looked_for_again_to_raise_an_error(container, begun):
    with pytest.raises(NotFound):
        Reads(container.unit_of_work, container.events()).execute(SwapRequest(crate_ids=("none", "nobody")))

    assert len(begun) == 1


def test_a_transaction_changes_all_or_none_and_runs_again_after_a_conflict(container):
    crates = container.crates()
    one, other = crates.add(a_crate("one")), crates.add(a_crate("other"))
    interfere_between_reads(container, lambda: crates.save(one.rename("uno")))

    swapped = Swap(container.unit_of_work, container.events()).execute(SwapRequest(crate_ids=(one.id, other.id)))

    assert [crate.name for crate in swapped] == ["other", "uno"]
    assert crates.get_many([one.id, other.id]) == list(swapped)


def test_a_rule_over_more_than_can_be_confirmed_is_raised_as_it_was_found(container):
    many = [a_crate(f"Crate {number}") for number in range(MAX_CHANGES + 1)]
    container.crates().put_many(many)

    class Refuse(Transaction[GetRequest, None]):
        def change(self, request: GetRequest, work: UnitOfWork) -> None:
            for crate in many:
                work.of(Crate).get(crate.id)
            raise InvalidArgument("crates", "are too many")

    with pytest.raises(InvalidArgument, match="too many"):
        Refuse(container.unit_of_work, container.events()).execute(GetRequest(id="any"))
