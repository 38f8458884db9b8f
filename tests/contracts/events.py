"""What is promised of events, whatever carries them to the bus."""

import pytest

from domain.errors import Conflict
from domain.errors import InvalidArgument
from domain.errors import ServiceError
from domain.errors import TransactionFailed
from domain.events import Event
from domain.repository import Repository
from domain.sponsor import Sponsor
from infrastructure.container import Container
from tests.builders.events import an_event
from tests.builders.events import events
from tests.builders.sponsors import a_sponsor
from tests.builders.sponsors import renamed


class EventsContract:
    """What is promised of events: every committed one arrives, in order per aggregate, and no other."""

    @pytest.fixture
    def sponsors(self, container: Container) -> Repository[Sponsor]:
        return container.sponsors()

    def test_the_events_of_every_write_arrive_in_order(self, sponsors, published):
        sponsor = a_sponsor()
        created, renamed_once, renamed_too = (
            an_event(sponsor),
            an_event(sponsor.at_version(1)),
            an_event(sponsor.at_version(1)),
        )
        removed = an_event(sponsor.at_version(3))

        stored = sponsors.add(sponsor, created)
        stored = sponsors.save(renamed(stored), renamed_once, renamed_too)
        stored = sponsors.save(stored)
        sponsors.remove(stored, removed)

        assert published() == [created, renamed_once, renamed_too, removed]

    def test_events_keep_their_order_over_a_removal_and_a_restoration(self, sponsors, published):
        sponsor = a_sponsor()
        created, removed, restored = an_event(sponsor), an_event(sponsor.at_version(1)), an_event(sponsor)

        sponsors.remove(sponsors.add(sponsor, created), removed)
        sponsors.add(sponsor, restored)

        assert published() == [created, removed, restored]

    def test_a_save_without_events_repeats_none_of_the_write_before(self, sponsors, published):
        sponsor = a_sponsor()
        created = an_event(sponsor)

        sponsors.remove(sponsors.save(sponsors.add(sponsor, created)))

        assert published() == [created]

    def test_the_events_of_a_refused_write_never_arrive(self, sponsors, published):
        stored = sponsors.add(a_sponsor())
        sponsors.save(stored)

        for call in (sponsors.save, sponsors.remove):
            with pytest.raises(Conflict):
                call(stored, an_event(stored))
        with pytest.raises(ServiceError):
            sponsors.add(stored.at_version(0), an_event(stored.at_version(0)))

        assert published() == []

    def test_a_commit_publishes_the_events_of_all_its_changes(self, container, sponsors, published):
        old, removed, new = sponsors.add(a_sponsor()), sponsors.add(a_sponsor()), a_sponsor()
        happened = [an_event(old), an_event(removed), an_event(new)]

        with container.unit_of_work() as work:
            work.of(Sponsor).save(renamed(old), happened[0])
            work.of(Sponsor).remove(removed, happened[1])
            work.of(Sponsor).add(new, happened[2])
            work.commit()
            work.commit()

        assert sorted(published(), key=lambda event: event.event_id) == happened

    def test_the_events_of_a_refused_or_forgotten_commit_never_arrive(self, container, sponsors, published):
        fine, stale = sponsors.add(a_sponsor()), sponsors.add(a_sponsor())
        sponsors.save(stale)

        with pytest.raises(TransactionFailed), container.unit_of_work() as work:
            work.of(Sponsor).save(fine, an_event(fine))
            work.of(Sponsor).save(stale, an_event(stale))
            work.commit()
        with container.unit_of_work() as work:
            work.of(Sponsor).save(fine, an_event(fine))

        assert published() == []

    def test_bulk_writes_publish_nothing(self, sponsors, published):
        sponsor = a_sponsor()
        created = an_event(sponsor)
        stored = sponsors.add(sponsor, created)

        sponsors.put_many([stored, a_sponsor()])
        sponsors.remove_many([stored.id])

        assert published() == [created]

    def test_an_event_about_something_else_is_refused_and_nothing_is_written(self, container, sponsors, published):
        stored, new, other = sponsors.add(a_sponsor()), a_sponsor(), a_sponsor()
        of_another_version = an_event(stored.at_version(7))
        of_no_type = events(Event, new, type="Happened")

        for call in (
            lambda: sponsors.add(new, an_event(other)),
            lambda: sponsors.add(new, of_no_type),
            lambda: sponsors.save(renamed(stored), of_another_version),
            lambda: sponsors.remove(stored, an_event(other)),
            lambda: container.unit_of_work().of(Sponsor).save(stored, of_another_version),
        ):
            with pytest.raises(InvalidArgument):
                call()

        assert sponsors.get_many([stored.id, new.id]) == [stored]
        assert published() == []
