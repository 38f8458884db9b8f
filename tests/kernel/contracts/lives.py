"""What is promised of an id that is used again: a version means one thing, whoever holds it."""

import pytest

from domain.kernel.entity import E
from domain.kernel.errors import Conflict
from domain.kernel.errors import ServiceError
from domain.kernel.repository import Repository
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.base import Contract
from tests.kernel.contracts.base import refusal


class LivesContract(Contract[E]):
    """What is promised of an id that is used again."""

    def by_version_alone(self, entity: E) -> E:
        """`entity` as somebody has it who knows its fields and its version, and did not read it from here."""
        return self.kind.model_validate(dict(entity))

    def refused_as_stale(self, repository: Repository[E], stale: E) -> None:
        """Neither a save nor a removal of `stale` is made, and both are conflicts."""
        for what, call in (
            ("a save", lambda: repository.save(self.changed(stale))),
            ("a removal", lambda: repository.remove(stale)),
        ):
            with refusal(Conflict, of=f"{what} of a stale copy") as refused:
                call()
            assert (refused.value.id, refused.value.expected) == (stale.id, stale.version)

    @pytest.mark.parametrize("with_event", [False, True])
    @pytest.mark.parametrize("known_by", ["a-read", "its-version-alone"])
    def test_a_stale_copy_of_a_removed_entity_cannot_change_the_one_added_again(
        self, repository, stored, known_by, with_event
    ):
        stale = stored if known_by == "a-read" else self.by_version_alone(stored)
        repository.remove(stored, *[an_event(stored)] * with_event)
        again = repository.add(self.changed(stored).at_version(0))

        self.refused_as_stale(repository, stale)

        assert repository.get(stored.id, consistent=True) == again

    @pytest.mark.parametrize("with_event", [False, True])
    def test_an_entity_added_again_is_above_every_version_that_its_id_had(self, repository, with_event):
        versions = []
        entity = self.make()
        for _ in range(3):
            entity = repository.add(entity.at_version(0))
            assert repository.get(entity.id, consistent=True) == entity
            versions.append(entity.version)
            entity = repository.save(self.changed(entity))
            removed = an_event(entity)
            versions += [entity.version, removed.version]
            repository.remove(entity, *[removed] * with_event)

        assert versions == sorted(set(versions))
        assert versions[0] == 1

    def test_an_entity_added_again_is_saved_and_removed_as_any_other(self, repository, stored):
        repository.remove(stored)
        added = repository.add(stored.at_version(0))

        saved = repository.save(self.changed(added))
        repository.remove(repository.get(saved.id, consistent=True))

        assert saved.version == added.version + 1
        assert repository.get_many([saved.id]) == []

    def test_a_copy_from_before_a_clean_up_cannot_change_what_was_added_since(self, repository, stored):
        repository.remove_many([stored.id])
        again = repository.add(self.changed(stored).at_version(0))

        self.refused_as_stale(repository, stored)

        assert repository.get(stored.id, consistent=True) == again

    def test_a_copy_from_before_a_backfill_cannot_change_what_was_put_in_its_place(self, repository, stored):
        put = self.changed(stored)
        repository.put_many([put])

        self.refused_as_stale(repository, stored)

        assert repository.get(stored.id, consistent=True) == put

    def test_a_copy_from_before_a_removal_is_not_brought_back_by_a_save(self, repository, stored):
        repository.remove(stored)
        repository.remove(repository.add(stored.at_version(0)))

        for name in ("save", "remove"):
            with refusal(ServiceError, of=name):
                getattr(repository, name)(stored)

        assert repository.get_many([stored.id]) == []
