"""What is promised of events, whatever carries them to the bus."""

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import ServiceError
from domain.kernel.errors import TransactionFailed
from domain.kernel.events import Event
from domain.kernel.repository import Repository
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.builders.events import events
from tests.kernel.contracts.base import refusal
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate


class EventsContract:
    """What is promised of events: every committed one arrives, in order per aggregate, and no other."""

    @pytest.fixture
    def crates(self, container: Container) -> Repository[Crate]:
        return container.crates()

    def test_the_events_of_every_write_arrive_in_order(self, crates, published):
        crate = a_crate()
        created, renamed_once, renamed_too = (
            an_event(crate),
            an_event(crate.at_version(1)),
            an_event(crate.at_version(1)),
        )
        removed = an_event(crate.at_version(3))

        stored = crates.add(crate, created)
        stored = crates.save(renamed(stored), renamed_once, renamed_too)
        stored = crates.save(stored)
        crates.remove(stored, removed)

        assert published() == [created, renamed_once, renamed_too, removed]

    @pytest.mark.parametrize("how", ["alone", "in-a-unit-of-work"])
    def test_events_keep_their_order_over_a_removal_and_an_addition_of_the_same_id(
        self, container, crates, published, how
    ):
        crate = a_crate()
        created, removed, recreated = an_event(crate), an_event(crate.at_version(1)), an_event(crate)

        crates.remove(crates.add(crate, created), removed)
        if how == "alone":
            crates.add(crate, recreated)
        else:
            with container.unit_of_work() as work:
                work.of(Crate).add(crate, recreated)
                work.commit()

        stored = crates.get(crate.id, consistent=True)
        assert stored.version > removed.version
        assert published() == [created, removed, recreated.evolve(version=stored.version)]

    def test_a_save_without_events_repeats_none_of_the_write_before(self, crates, published):
        crate = a_crate()
        created = an_event(crate)

        crates.remove(crates.save(crates.add(crate, created)))

        assert published() == [created]

    def test_the_events_of_a_refused_write_never_arrive(self, crates, published):
        stored = crates.add(a_crate())
        crates.save(stored)

        for name in ("save", "remove"):
            with refusal(Conflict, of=name):
                getattr(crates, name)(stored, an_event(stored))
        with refusal(ServiceError, of="add"):
            crates.add(stored.at_version(0), an_event(stored.at_version(0)))

        assert published() == []

    def test_a_commit_publishes_the_events_of_all_its_changes(self, container, crates, published):
        old, removed, new = crates.add(a_crate()), crates.add(a_crate()), a_crate()
        happened = [an_event(old), an_event(removed), an_event(new)]

        with container.unit_of_work() as work:
            work.of(Crate).save(renamed(old), happened[0])
            work.of(Crate).remove(removed, happened[1])
            work.of(Crate).add(new, happened[2])
            work.commit()
            work.commit()

        assert sorted(published(), key=lambda event: event.event_id) == happened

    def test_the_events_of_a_refused_or_forgotten_commit_never_arrive(self, container, crates, published):
        fine, stale = crates.add(a_crate()), crates.add(a_crate())
        crates.save(stale)

        with pytest.raises(TransactionFailed), container.unit_of_work() as work:
            work.of(Crate).save(fine, an_event(fine))
            work.of(Crate).save(stale, an_event(stale))
            work.commit()
        with container.unit_of_work() as work:
            work.of(Crate).save(fine, an_event(fine))

        assert published() == []

    def test_bulk_writes_publish_nothing(self, crates, published):
        crate = a_crate()
        created = an_event(crate)
        stored = crates.add(crate, created)

        crates.put_many([stored, a_crate()])
        crates.remove_many([stored.id])

        assert published() == [created]

    def test_an_event_about_something_else_is_refused_and_nothing_is_written(self, container, crates, published):
        stored, new, other = crates.add(a_crate()), a_crate(), a_crate()
        of_another_version = an_event(stored.at_version(7))
        of_no_type = events(Event, new, type="Happened")

        for what, call in {
            "add, with an event about another": lambda: crates.add(new, an_event(other)),
            "add, with an event of no type": lambda: crates.add(new, of_no_type),
            "save, with an event of another version": lambda: crates.save(renamed(stored), of_another_version),
            "remove, with an event about another": lambda: crates.remove(stored, an_event(other)),
            "save in a unit of work, with an event of another version": lambda: (
                container.unit_of_work().of(Crate).save(stored, of_another_version)
            ),
        }.items():
            with refusal(InvalidArgument, of=what):
                call()

        assert crates.get_many([stored.id, new.id]) == [stored]
        assert published() == []
