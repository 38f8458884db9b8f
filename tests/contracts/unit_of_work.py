"""What every unit of work promises."""

import pytest

from domain.errors import AlreadyExists
from domain.errors import Conflict
from domain.errors import InvalidArgument
from domain.errors import NotFound
from domain.errors import TransactionFailed
from domain.repository import Everything
from domain.repository import Repository
from domain.sponsor import Sponsor
from domain.unit_of_work import UnitOfWork
from infrastructure.container import Container
from tests.adapters import Adapter
from tests.builders.events import an_event
from tests.builders.specimens import Specimen
from tests.builders.specimens import a_specimen
from tests.builders.specimens import renamed as renamed_specimen
from tests.builders.sponsors import a_sponsor
from tests.builders.sponsors import renamed


class UnitOfWorkContract:
    """What every unit of work promises, whatever is underneath."""

    @pytest.fixture
    def work(self, container: Container) -> UnitOfWork:
        return container.unit_of_work()

    @pytest.fixture
    def sponsors(self, container: Container) -> Repository[Sponsor]:
        return container.sponsors()

    @pytest.fixture
    def specimens(self, adapter: Adapter, container: Container) -> Repository[Specimen]:
        return adapter.specimens(container)

    def test_a_commit_makes_every_change_of_every_kind(self, work, sponsors, specimens):
        saved, removed = sponsors.add(a_sponsor("Saved")), sponsors.add(a_sponsor("Removed"))
        checked, added = sponsors.add(a_sponsor("Checked")), a_specimen("Added")

        with work:
            work.of(Sponsor).save(renamed(saved), an_event(saved))
            work.of(Sponsor).remove(removed, an_event(removed))
            work.of(Sponsor).check(checked)
            work.of(Specimen).add(added, an_event(added))
            work.commit()

        assert sponsors.get(saved.id) == renamed(saved).at_version(2)
        assert sponsors.get_many([removed.id]) == []
        assert sponsors.get(checked.id) == checked
        assert specimens.get(added.id) == added.at_version(1)

    def test_it_returns_entities_as_they_will_be_stored(self, work, sponsors):
        old, new = sponsors.add(a_sponsor()), a_sponsor()

        with work:
            promised = [work.of(Sponsor).save(renamed(old)), work.of(Sponsor).add(new)]
            work.commit()

        assert sponsors.get_many([old.id, new.id]) == promised

    def test_leaving_without_a_commit_changes_nothing(self, work, sponsors):
        stored, new = sponsors.add(a_sponsor()), a_sponsor()

        with work:
            work.of(Sponsor).save(renamed(stored))
            work.of(Sponsor).add(new)

        assert sponsors.get_many([stored.id, new.id]) == [stored]

    def test_leaving_by_an_error_changes_nothing(self, work, sponsors):
        stored = sponsors.add(a_sponsor())

        with pytest.raises(ZeroDivisionError), work:
            work.of(Sponsor).remove(stored)
            raise ZeroDivisionError

        assert sponsors.get(stored.id) == stored

    def test_a_refused_commit_changes_nothing_and_names_every_entity_in_the_way(self, work, sponsors, specimens):
        fine, new = sponsors.add(a_sponsor("Fine")), a_specimen("New")
        stale, gone = sponsors.add(a_sponsor("Stale")), sponsors.add(a_sponsor("Gone"))
        taken = specimens.add(a_specimen("Taken"))
        newer = sponsors.save(renamed(stale))
        sponsors.remove(gone)

        with pytest.raises(TransactionFailed) as refused, work:
            work.of(Sponsor).save(renamed(fine), an_event(fine))
            work.of(Specimen).add(new)
            work.of(Sponsor).save(stale)
            work.of(Sponsor).remove(gone)
            work.of(Specimen).add(renamed_specimen(taken).at_version(0))
            work.commit()

        assert [(kind, id, type(error)) for kind, id, error in refused.value.failures] == [
            ("Sponsor", stale.id, Conflict),
            ("Sponsor", gone.id, NotFound),
            ("Specimen", taken.id, AlreadyExists),
        ]
        assert not refused.value.retryable
        assert sponsors.get_many([fine.id, stale.id, gone.id]) == [fine, newer]
        assert specimens.get_many([new.id, taken.id]) == [taken]

    def test_a_commit_refused_by_conflicts_alone_may_be_tried_again(self, work, sponsors):
        stale = sponsors.add(a_sponsor())
        sponsors.save(stale)

        with pytest.raises(TransactionFailed) as refused, work:
            work.of(Sponsor).save(stale)
            work.of(Sponsor).add(a_sponsor())
            work.commit()

        assert refused.value.retryable

    @pytest.mark.parametrize("what", ["changed", "gone"])
    def test_a_check_refuses_the_commit_when_the_entity_is(self, work, sponsors, what):
        checked, new = sponsors.add(a_sponsor("Checked")), a_sponsor("New")
        if what == "changed":
            sponsors.save(renamed(checked))
        else:
            sponsors.remove(checked)

        with pytest.raises(TransactionFailed) as refused, work:
            work.of(Sponsor).check(checked)
            work.of(Sponsor).add(new)
            work.commit()

        assert [failure.id for failure in refused.value.failures] == [checked.id]
        assert sponsors.get_many([new.id]) == []

    def test_reads_are_of_what_is_stored_now(self, work, sponsors):
        stored = sponsors.add(a_sponsor())

        with work:
            work.of(Sponsor).save(renamed(work.of(Sponsor).get(stored.id)))
            reread = work.of(Sponsor).get(stored.id)

        assert reread == stored

    def test_a_read_of_what_is_missing_is_not_found(self, work):
        with pytest.raises(NotFound), work:
            work.of(Sponsor).get(a_sponsor().id)

    def test_a_commit_repeated_is_made_once(self, work, sponsors):
        old, new = sponsors.add(a_sponsor("Old")), a_sponsor("New")

        with work:
            work.of(Sponsor).save(renamed(old), an_event(old))
            work.of(Sponsor).add(new)
            work.commit()
            work.commit()

        assert [entity.version for entity in sponsors.get_many([old.id, new.id])] == [2, 1]

    def test_a_committed_work_takes_no_more_changes(self, work, sponsors):
        late = a_sponsor()

        with pytest.raises(InvalidArgument), work:
            work.of(Sponsor).add(a_sponsor())
            work.commit()
            work.of(Sponsor).add(late)

        assert sponsors.get_many([late.id]) == []

    def test_committing_nothing_changes_nothing(self, work, sponsors):
        with work:
            work.commit()

        assert sponsors.page(Everything(), limit=1).items == ()

    def test_an_entity_has_one_change_at_most(self, work, sponsors):
        stored = sponsors.add(a_sponsor())

        with pytest.raises(InvalidArgument), work:
            work.of(Sponsor).save(renamed(stored))
            work.of(Sponsor).check(stored)
            work.commit()

        assert sponsors.get(stored.id) == stored

    def test_a_hundred_changes_are_committed_and_one_more_is_refused(self, container, sponsors):
        hundred = [a_sponsor() for _ in range(100)]

        with container.unit_of_work() as work:
            for sponsor in hundred:
                work.of(Sponsor).add(sponsor)
            work.commit()
        with pytest.raises(InvalidArgument), container.unit_of_work() as work:
            for sponsor in hundred:
                work.of(Sponsor).save(renamed(sponsor.at_version(1)))
            work.of(Sponsor).add(a_sponsor())
            work.commit()

        assert sponsors.get_many(sponsor.id for sponsor in hundred) == [sponsor.at_version(1) for sponsor in hundred]

    def test_what_cannot_be_added_saved_or_removed_is_refused_at_once(self, work):
        new, stored = a_sponsor(), a_sponsor().at_version(1)

        for call in (work.of(Sponsor).save, work.of(Sponsor).remove, work.of(Sponsor).check):
            with pytest.raises(InvalidArgument):
                call(new)
        with pytest.raises(InvalidArgument):
            work.of(Sponsor).add(stored)
        with pytest.raises(InvalidArgument):
            work.of(Sponsor).add(a_specimen())
