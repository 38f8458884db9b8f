"""What is promised of several processes on one store, one after the other or at once."""

from collections.abc import Callable

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import TransactionFailed
from domain.kernel.repository import Everything
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.base import refusal
from tests.kernel.contracts.failure_base import ProcessContract
from tests.kernel.contracts.failure_base import killed_as_it_publishes
from tests.kernel.contracts.failure_base import told
from tests.kernel.contracts.races import race
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate


class ProcessesContract(ProcessContract):
    """What is promised where a store outlives the process, and other processes use it meanwhile."""

    @pytest.fixture
    def begin(self) -> Callable[[], Container]:
        """Begins another process on the store of `process`. The first one goes on, or was killed: it is not closed."""
        raise NotImplementedError

    @pytest.mark.parametrize("taken", [False, True], ids=["before-the-bus-took-them", "when-the-bus-had-taken-them"])
    def test_the_events_that_a_killed_process_left_are_carried_by_the_next(self, process, begin, carry, taken):
        crate = a_crate()
        created, named, changed = an_event(crate), an_event(crate), an_event(crate.at_version(1))

        with killed_as_it_publishes(process, created, taken=taken):
            process.crates().add(crate, created, named)
            carry(process)
        after = begin()
        after.crates().save(renamed(after.crates().get(crate.id, consistent=True)), changed)
        carry(after)

        assert told(process, crate) == [created, named] * taken
        assert list(dict.fromkeys([*told(process, crate), *told(after, crate)])) == [created, named, changed]

    def test_another_process_reads_what_is_stored(self, process, begin):
        stored = process.crates().add(a_crate())

        other = begin()

        other.persistence().check()
        assert other.crates().get(stored.id, consistent=True) == stored
        assert other.crates().get_many([stored.id]) == [stored]
        assert other.crates().page(Everything(), limit=10).items == (stored,)
        assert other.unit_of_work().of(Crate).get(stored.id) == stored

    def test_a_process_reads_what_another_has_written_since_its_last_read(self, process, begin):
        stored, removed = process.crates().add(a_crate()), process.crates().add(a_crate())
        other = begin()
        other.crates().get_many([stored.id, removed.id])
        other.crates().page(Everything(), limit=10)

        saved = process.crates().save(renamed(stored))
        process.crates().remove(removed)

        assert other.crates().get(stored.id, consistent=True) == saved
        assert other.crates().get_many([stored.id, removed.id]) == [saved]
        assert other.crates().page(Everything(), limit=10).items == (saved,)

    def test_a_stale_copy_in_another_process_changes_nothing(self, process, begin):
        stored, new = process.crates().add(a_crate()), a_crate()
        other = begin()
        stale = other.crates().get(stored.id, consistent=True)
        saved = process.crates().save(renamed(stored))

        for name in ("save", "remove"):
            with refusal(Conflict, of=name):
                getattr(other.crates(), name)(stale)
        for name in ("save", "remove", "check"):
            with refusal(TransactionFailed, of=f"{name} in a unit of work"), other.unit_of_work() as work:
                getattr(work.of(Crate), name)(stale)
                work.of(Crate).add(new)
                work.commit()

        assert process.crates().get_many([stored.id, new.id]) == [saved]

    def test_of_two_processes_that_save_the_same_copy_one_wins(self, process, begin):
        processes = (process, begin())
        stored = process.crates().add(a_crate())
        for _ in range(5):
            ends = race(lambda it: it.crates().save(renamed(stored)), processes)  # noqa: B023  # called at once

            [winner] = [end for end in ends if isinstance(end, Crate)]
            assert [type(end) for end in ends if end is not winner] == [Conflict]
            stored = process.crates().get(stored.id, consistent=True)
            assert stored == winner

    def test_an_id_that_another_process_removed_goes_on_counting(self, process, begin):
        stored = process.crates().add(a_crate())
        process.crates().remove(stored)

        again = begin().crates().add(stored.at_version(0))

        assert again.version > stored.version + 1
        with refusal(Conflict, of="a copy from before the removal"):
            process.crates().save(stored)

    def test_a_walk_that_one_process_began_goes_on_in_another(self, process, begin):
        crates = [a_crate(f"Number {number}") for number in range(5)]
        process.crates().put_many(crates)

        first = process.crates().page(Everything(), limit=2)
        second = begin().crates().page(Everything(), limit=5, cursor=first.next_cursor)

        assert [crate.name for crate in (*first.items, *second.items)] == [crate.name for crate in crates]
