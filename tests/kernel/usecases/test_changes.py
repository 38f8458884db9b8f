"""A use case that reads, changes and saves, while others do the same, on every adapter."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.domain import Crate
from tests.kernel.service.usecases import RenameCrateRequest
from tests.kernel.usecases.races import interfere
from usecases.kernel.requests import ChangeRequest

THREADS = 4
CHANGES = 25
CHANGES_ON_MOTO = 1


@pytest.fixture
def crate(container) -> Crate:
    return container.crates().add(a_crate("Northern Rail"))


def rename(container, crate, name, version=None):
    request = RenameCrateRequest(id=crate.id, name=name, expected_version=version)
    return container.rename_crate().execute(request)


def test_a_change_that_races_with_another_is_made_on_top_of_it(container, crate):
    interfere(container, lambda: container.crates().save(crate.rename("In between")))

    renamed = rename(container, crate, "Southern Rail")

    assert renamed == crate.rename("Southern Rail").at_version(3)
    assert container.crates().get(crate.id) == renamed


def test_a_change_of_an_expected_version_that_races_with_another_is_refused(container, crate):
    interfere(container, lambda: container.crates().save(crate.rename("In between")))

    with pytest.raises(Conflict):
        rename(container, crate, "Southern Rail", version=1)

    assert container.crates().get(crate.id) == crate.rename("In between").at_version(2)


def test_a_change_that_races_with_a_removal_finds_nothing(container, crate):
    interfere(container, lambda: container.crates().remove(crate))

    with pytest.raises(NotFound):
        rename(container, crate, "Southern Rail")


def test_a_removal_that_races_with_a_change_is_made(container, crate):
    interfere(container, lambda: container.crates().save(crate.rename("In between")))

    container.remove_crate().execute(ChangeRequest(id=crate.id))

    assert container.crates().get_many([crate.id]) == []


def test_changes_by_several_threads_lose_none(adapter, container, crate, published):
    changes = CHANGES_ON_MOTO if adapter.name == "moto" else CHANGES

    def rename_often(thread: int) -> None:
        done = 0
        while done < changes:
            try:
                rename(container, crate, f"{thread} for the {done}th time")
                done += 1
            except Conflict:
                continue

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(rename_often, range(THREADS)))

    assert container.crates().get(crate.id, consistent=True).version == 1 + THREADS * changes
    events = published()
    assert [event.version for event in events] == list(range(2, 2 + THREADS * changes))
    assert len({event.name for event in events}) == THREADS * changes
