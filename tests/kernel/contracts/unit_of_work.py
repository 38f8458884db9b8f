"""What every unit of work promises."""

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from domain.kernel.unit_of_work import UnitOfWork
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed as renamed_specimen
from tests.kernel.contracts.base import refusal
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen


class UnitOfWorkContract:
    """What every unit of work promises, whatever is underneath."""

    @pytest.fixture
    def work(self, container: Container) -> UnitOfWork:
        return container.unit_of_work()

    @pytest.fixture
    def crates(self, container: Container) -> Repository[Crate]:
        return container.crates()

    @pytest.fixture
    def specimens(self, container: Container) -> Repository[Specimen]:
        return container.specimens()

    def test_a_commit_makes_every_change_of_every_kind(self, work, crates, specimens):
        saved, removed = crates.add(a_crate("Saved")), crates.add(a_crate("Removed"))
        checked, added = crates.add(a_crate("Checked")), a_specimen("Added")

        with work:
            work.of(Crate).save(renamed(saved), an_event(saved))
            work.of(Crate).remove(removed, an_event(removed))
            work.of(Crate).check(checked)
            work.of(Specimen).add(added, an_event(added))
            work.commit()

        assert crates.get(saved.id) == renamed(saved).at_version(2)
        assert crates.get_many([removed.id]) == []
        assert crates.get(checked.id) == checked
        assert specimens.get(added.id) == added.at_version(1)

    def test_it_returns_entities_as_they_will_be_stored(self, work, crates):
        old, new = crates.add(a_crate()), a_crate()

        with work:
            promised = [work.of(Crate).save(renamed(old)), work.of(Crate).add(new)]
            work.commit()

        assert crates.get_many([old.id, new.id]) == promised

    def test_leaving_without_a_commit_changes_nothing(self, work, crates):
        stored, new = crates.add(a_crate()), a_crate()

        with work:
            work.of(Crate).save(renamed(stored))
            work.of(Crate).add(new)

        assert crates.get_many([stored.id, new.id]) == [stored]

    def test_leaving_by_an_error_changes_nothing(self, work, crates):
        stored = crates.add(a_crate())

        with pytest.raises(ZeroDivisionError), work:
            work.of(Crate).remove(stored)
            raise ZeroDivisionError

        assert crates.get(stored.id) == stored

    def test_a_refused_commit_changes_nothing_and_names_every_entity_in_the_way(self, work, crates, specimens):
        fine, new = crates.add(a_crate("Fine")), a_specimen("New")
        stale, gone = crates.add(a_crate("Stale")), crates.add(a_crate("Gone"))
        taken = specimens.add(a_specimen("Taken"))
        newer = crates.save(renamed(stale))
        crates.remove(gone)

        with pytest.raises(TransactionFailed) as refused, work:
            work.of(Crate).save(renamed(fine), an_event(fine))
            work.of(Specimen).add(new)
            work.of(Crate).save(stale)
            work.of(Crate).remove(gone)
            work.of(Specimen).add(renamed_specimen(taken).at_version(0))
            work.commit()

        assert [(kind, id, type(error)) for kind, id, error in refused.value.failures] == [
            ("Crate", stale.id, Conflict),
            ("Crate", gone.id, NotFound),
            ("Specimen", taken.id, AlreadyExists),
        ]
        assert not refused.value.retryable
        assert crates.get_many([fine.id, stale.id, gone.id]) == [fine, newer]
        assert specimens.get_many([new.id, taken.id]) == [taken]

    def test_a_commit_refused_by_conflicts_alone_may_be_tried_again(self, work, crates):
        stale = crates.add(a_crate())
        crates.save(stale)

        with pytest.raises(TransactionFailed) as refused, work:
            work.of(Crate).save(stale)
            work.of(Crate).add(a_crate())
            work.commit()

        assert refused.value.retryable

    @pytest.mark.parametrize("what", ["changed", "gone"])
    def test_a_check_refuses_the_commit_when_the_entity_is(self, work, crates, what):
        checked, new = crates.add(a_crate("Checked")), a_crate("New")
        if what == "changed":
            crates.save(renamed(checked))
        else:
            crates.remove(checked)

        with pytest.raises(TransactionFailed) as refused, work:
            work.of(Crate).check(checked)
            work.of(Crate).add(new)
            work.commit()

        assert [failure.id for failure in refused.value.failures] == [checked.id]
        assert crates.get_many([new.id]) == []

    @pytest.mark.parametrize("what", ["save", "remove", "check"])
    @pytest.mark.parametrize("known_by", ["a-read", "its-version-alone"])
    def test_a_stale_copy_of_what_was_added_again_refuses_the_commit(self, work, crates, known_by, what):
        removed, new = crates.add(a_crate("Removed")), a_crate("New")
        crates.remove(removed)
        again = crates.add(renamed(removed).at_version(0))
        stale = removed if known_by == "a-read" else Crate.model_validate(dict(removed))

        with pytest.raises(TransactionFailed) as refused, work:
            getattr(work.of(Crate), what)(stale)
            work.of(Crate).add(new)
            work.commit()

        assert refused.value.retryable
        assert [failure.id for failure in refused.value.failures] == [removed.id]
        assert crates.get_many([removed.id, new.id]) == [again]

    def test_it_adds_again_what_was_removed(self, work, crates):
        removed, other = crates.add(a_crate("Removed")), crates.add(a_crate("Other"))
        crates.remove(removed)

        with work:
            work.of(Crate).add(renamed(removed).at_version(0))
            work.of(Crate).save(renamed(other))
            work.commit()

        again = crates.get(removed.id)
        assert (again.name, crates.get(other.id).version) == (renamed(removed).name, 2)
        assert crates.save(again).version == again.version + 1 > 2

    def test_reads_are_of_what_is_stored_now(self, work, crates):
        stored = crates.add(a_crate())

        with work:
            work.of(Crate).save(renamed(work.of(Crate).get(stored.id)))
            reread = work.of(Crate).get(stored.id)

        assert reread == stored

    def test_a_read_of_what_is_missing_is_not_found(self, work):
        with pytest.raises(NotFound), work:
            work.of(Crate).get(a_crate().id)

    def test_a_commit_repeated_is_made_once(self, work, crates):
        old, new = crates.add(a_crate("Old")), a_crate("New")

        with work:
            work.of(Crate).save(renamed(old), an_event(old))
            work.of(Crate).add(new)
            work.commit()
            work.commit()

        assert [entity.version for entity in crates.get_many([old.id, new.id])] == [2, 1]

    @pytest.mark.parametrize("with_event", [False, True])
    def test_a_commit_repeated_does_not_undo_a_removal_since(self, work, crates, with_event):
        new = a_crate()

        with work:
            added = work.of(Crate).add(new)
            work.commit()
            crates.remove(added, *[an_event(added)] * with_event)
            work.commit()

        assert crates.get_many([new.id]) == []

    def test_a_committed_work_takes_no_more_changes(self, work, crates):
        late = a_crate()

        with pytest.raises(InvalidArgument), work:
            work.of(Crate).add(a_crate())
            work.commit()
            work.of(Crate).add(late)

        assert crates.get_many([late.id]) == []

    def test_a_work_that_was_left_takes_no_change_and_no_commit(self, work, crates):
        new = a_crate()
        with work:
            work.of(Crate).add(new)

        with refusal(InvalidArgument, of="add"):
            work.of(Crate).add(a_crate())
        with refusal(InvalidArgument, of="commit"):
            work.commit()

        assert crates.get_many([new.id]) == []

    def test_committing_nothing_changes_nothing(self, work, crates):
        with work:
            work.commit()

        assert crates.page(Everything(), limit=1).items == ()

    def test_an_entity_has_one_change_at_most(self, work, crates):
        stored = crates.add(a_crate())

        with pytest.raises(InvalidArgument), work:
            work.of(Crate).save(renamed(stored))
            work.of(Crate).check(stored)
            work.commit()

        assert crates.get(stored.id) == stored

    def test_a_hundred_changes_are_committed_and_one_more_is_refused(self, container, crates):
        hundred = [a_crate() for _ in range(100)]

        with container.unit_of_work() as work:
            for crate in hundred:
                work.of(Crate).add(crate)
            work.commit()
        with pytest.raises(InvalidArgument), container.unit_of_work() as work:
            for crate in hundred:
                work.of(Crate).save(renamed(crate.at_version(1)))
            work.of(Crate).add(a_crate())
            work.commit()

        assert crates.get_many(crate.id for crate in hundred) == [crate.at_version(1) for crate in hundred]

    def test_what_cannot_be_added_saved_or_removed_is_refused_at_once(self, work):
        new, stored = a_crate(), a_crate().at_version(1)

        for name, entity in (("save", new), ("remove", new), ("check", new), ("add", stored), ("add", a_specimen())):
            with refusal(InvalidArgument, of=f"{name} of a {type(entity).__name__} at version {entity.version}"):
                getattr(work.of(Crate), name)(entity)
