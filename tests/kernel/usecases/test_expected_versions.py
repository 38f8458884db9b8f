"""A conflict is tried again, unless it is one that the caller has to hear of."""

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from tests.kernel.usecases.changing import ALONE
from tests.kernel.usecases.changing import TOGETHER
from tests.kernel.usecases.changing import Meanwhile
from usecases.kernel.conflicts import MAX_ATTEMPTS


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)


def amount(container, specimen):
    return container.specimens().get(specimen.id, consistent=True).amount


@pytest.mark.parametrize("case", [*ALONE, *TOGETHER])
def test_without_an_expected_version_a_conflict_is_tried_again(run, others, case):
    meanwhile = Meanwhile(others.change_the_crate, others.change_the_crate)

    run(case, meanwhile)

    assert meanwhile.attempts == 3


@pytest.mark.parametrize("case", TOGETHER)
@pytest.mark.parametrize("what", ["change_the_specimen", "change_both"])
def test_without_an_expected_version_a_conflict_of_others_is_tried_again(container, specimen, run, others, case, what):
    meanwhile = Meanwhile(getattr(others, what))

    run(case, meanwhile)

    assert meanwhile.attempts == 2
    assert amount(container, specimen) == 1


@pytest.mark.parametrize("case", TOGETHER)
def test_at_the_expected_version_a_conflict_of_another_aggregate_is_tried_again(container, specimen, run, others, case):
    meanwhile = Meanwhile(others.change_the_specimen, others.change_the_specimen)

    run(case, meanwhile, expected_version=1)

    assert meanwhile.attempts == 3
    assert amount(container, specimen) == 1


@pytest.mark.parametrize("case", [*ALONE, *TOGETHER])
def test_under_an_expected_version_a_conflict_of_the_one_that_is_named_is_raised_at_once(
    container, crate, specimen, run, others, case
):
    meanwhile = Meanwhile(others.change_the_crate)

    with pytest.raises(Conflict) as refused:
        run(case, meanwhile, expected_version=1)

    assert (refused.value.kind, refused.value.id) == ("Crate", crate.id)
    assert meanwhile.attempts == 1
    assert container.crates().get(crate.id) == crate.at_version(2)
    assert amount(container, specimen) == 0


@pytest.mark.parametrize("case", TOGETHER)
def test_under_an_expected_version_a_conflict_of_both_is_one_of_the_one_that_is_named(crate, run, others, case):
    meanwhile = Meanwhile(others.change_both)

    with pytest.raises(Conflict) as refused:
        run(case, meanwhile, expected_version=1)

    assert (refused.value.kind, refused.value.id) == ("Crate", crate.id)
    assert meanwhile.attempts == 1


@pytest.mark.parametrize("case", TOGETHER)
def test_a_change_of_the_one_that_is_named_is_seen_when_a_conflict_of_another_is_tried_again(crate, run, others, case):
    meanwhile = Meanwhile(others.change_the_specimen, others.change_the_crate)

    with pytest.raises(Conflict) as refused:
        run(case, meanwhile, expected_version=1)

    assert (refused.value.kind, refused.value.id) == ("Crate", crate.id)
    assert meanwhile.attempts == 2


@pytest.mark.parametrize("case", [*ALONE, *TOGETHER])
@pytest.mark.parametrize("expected", [{}, {"expected_version": 1}], ids=["any version", "the version"])
def test_what_is_removed_meanwhile_is_not_found(crate, run, others, case, expected):
    with pytest.raises(NotFound) as missing:
        run(case, Meanwhile(others.remove_the_crate), **expected)

    assert (missing.value.kind, missing.value.id) == ("Crate", crate.id)


@pytest.mark.parametrize("case", TOGETHER)
def test_a_conflict_of_another_that_never_ends_is_the_failure_of_the_transaction(crate, specimen, run, others, case):
    meanwhile = Meanwhile(*[others.change_the_specimen] * MAX_ATTEMPTS)

    with pytest.raises(TransactionFailed) as refused:
        run(case, meanwhile, expected_version=1)

    assert [(failure.kind, failure.id) for failure in refused.value.failures] == [("Specimen", specimen.id)]
    assert meanwhile.attempts == MAX_ATTEMPTS
