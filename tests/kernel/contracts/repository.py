"""What every repository promises."""

import pytest
from ulid import ULID

from domain.kernel.entity import E
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.base import refusal
from tests.kernel.contracts.base import walk
from tests.kernel.contracts.listings import ListingsContract
from tests.kernel.contracts.lives import LivesContract
from tests.kernel.contracts.names import NamesContract
from tests.kernel.contracts.races import RacesContract

IMPOSSIBLE_IDS = ("", "x" * 65, "..", "a/b", "a#b", "a\0b", "a b", "é", "a\n", "\ud800")


class RepositoryContract(ListingsContract[E], LivesContract[E], NamesContract[E], RacesContract[E]):
    """What every repository promises, whatever is underneath. All that its owner writes:

        class TestOrders(RepositoryContract[Order]):
            provider, make, changed = "orders", staticmethod(an_order), staticmethod(placed)

    See `Contract` for what these are, and for what else there is to give when a test asks for it.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "kind"):
            return
        if cls.has_text() and not hasattr(cls, "named"):
            raise TypeError(
                f"{cls.__name__}: {cls.kind.__name__}.listed_as is overridden: give `named`, which makes a new entity"
                " that is listed as the text it is given"
            )
        for name in vars(NamesContract) if not cls.has_text() else ():
            if name.startswith("test_"):
                setattr(cls, name, None)

    # One entity

    def test_an_added_entity_is_returned_and_read_back_at_version_1(self, repository):
        entity = self.make()

        stored = repository.add(entity)

        assert stored == entity.at_version(1)
        assert repository.get(entity.id) == stored
        assert repository.get(entity.id, consistent=True) == stored

    def test_every_read_is_rendered_as_what_was_written(self, repository):
        entity = self.make()
        twin = self.changed(entity)

        added = repository.add(entity)
        read = repository.get(entity.id)
        saved = repository.save(self.changed(added))
        [looked_up] = repository.get_many([entity.id])
        [listed] = walk(repository, Everything(), limit=10)

        for version, written, found in (
            (1, entity, added),
            (1, entity, read),
            (2, twin, saved),
            (2, twin, looked_up),
            (2, twin, listed),
        ):
            assert found.model_dump_json() == written.at_version(version).model_dump_json()

    def test_adding_a_taken_id_is_refused_and_leaves_what_is_stored(self, repository, stored):
        with pytest.raises(AlreadyExists) as refused:
            repository.add(self.changed(stored).at_version(0))

        assert (refused.value.kind, refused.value.id) == (repository.kind.__name__, stored.id)
        assert repository.get(stored.id) == stored

    def test_adding_what_was_stored_before_is_refused(self, repository):
        entity = self.make().at_version(3)

        with pytest.raises(InvalidArgument):
            repository.add(entity)

        assert repository.get_many([entity.id]) == []

    def test_a_missing_entity_is_not_found(self, repository):
        id = str(ULID())

        with pytest.raises(NotFound) as missing:
            repository.get(id)

        assert (missing.value.kind, missing.value.id) == (repository.kind.__name__, id)

    def test_a_save_is_returned_and_read_back_one_version_higher(self, repository, stored):
        saved = repository.save(self.changed(stored))

        assert saved == self.changed(stored).at_version(2)
        assert repository.get(stored.id) == saved

    def test_versions_count_every_save(self, repository, stored):
        for version in range(2, 6):
            stored = repository.save(stored)

            assert stored.version == version
            assert repository.get(stored.id).version == version

    def test_a_stale_save_is_refused_and_changes_nothing(self, repository, stored):
        newer = repository.save(self.changed(stored))

        with pytest.raises(Conflict) as refused:
            repository.save(self.changed(self.changed(stored)))

        assert (refused.value.id, refused.value.expected, refused.value.found) == (stored.id, 1, 2)
        assert repository.get(stored.id) == newer

    def test_a_save_ahead_of_what_is_stored_is_refused_and_changes_nothing(self, repository, stored):
        with pytest.raises(Conflict):
            repository.save(stored.at_version(2))

        assert repository.get(stored.id) == stored

    def test_saving_what_is_gone_is_not_found_and_stores_nothing(self, repository, stored):
        repository.remove(stored)

        with pytest.raises(NotFound):
            repository.save(self.changed(stored))

        assert repository.get_many([stored.id]) == []

    def test_saving_or_removing_what_was_never_stored_is_refused(self, repository):
        entity = self.make()

        for name in ("save", "remove"):
            with refusal(InvalidArgument, of=name):
                getattr(repository, name)(entity)

        assert repository.get_many([entity.id]) == []

    @pytest.mark.parametrize("with_event", [False, True])
    def test_what_was_removed_is_gone_from_every_read(self, repository, stored, with_event):
        repository.remove(stored, *[an_event(stored)] * with_event)

        for name, call in {
            "get": lambda: repository.get(stored.id),
            "consistent get": lambda: repository.get(stored.id, consistent=True),
            "save": lambda: repository.save(stored),
            "remove": lambda: repository.remove(stored),
        }.items():
            with refusal(NotFound, of=name):
                call()
        assert repository.get_many([stored.id]) == []
        assert list(walk(repository, Everything(), limit=10)) == []

    @pytest.mark.parametrize("with_event", [False, True])
    def test_what_was_removed_can_be_restored_under_its_id(self, repository, stored, with_event):
        repository.remove(stored, *[an_event(stored)] * with_event)

        restored = repository.add(stored.at_version(0))

        assert restored == stored.at_version(restored.version)
        assert repository.get(stored.id) == restored
        assert list(walk(repository, Everything(), limit=10)) == [restored]

    def test_a_stale_remove_is_refused_and_removes_nothing(self, repository, stored):
        newer = repository.save(self.changed(stored))

        with pytest.raises(Conflict):
            repository.remove(stored)

        assert repository.get(stored.id) == newer

    def test_an_entity_of_another_class_is_refused(self, repository, stored):
        impostor = type("Impostor", (repository.kind,), {})(**stored.__dict__)

        for name, call in {
            "add": lambda: repository.add(impostor.at_version(0)),
            "save": lambda: repository.save(impostor),
            "remove": lambda: repository.remove(impostor),
            "put_many": lambda: repository.put_many([self.make(), impostor]),
        }.items():
            with refusal(InvalidArgument, of=name):
                call()

        assert list(walk(repository, Everything(), limit=10)) == [stored]

    def test_an_impossible_id_is_refused_and_nothing_is_removed(self, repository, stored):
        for id in IMPOSSIBLE_IDS:
            with refusal(InvalidArgument, of=("get", id)):
                repository.get(id)
            with refusal(InvalidArgument, of=("get_many", id)):
                repository.get_many([stored.id, id])
            with refusal(InvalidArgument, of=("remove_many", id)):
                repository.remove_many([stored.id, id])

        assert repository.get(stored.id) == stored

    # Many at once

    def test_many_come_in_the_order_asked_with_duplicates_and_without_the_missing(self, repository):
        first, second = repository.add(self.make()), repository.add(self.make())

        found = repository.get_many([second.id, str(ULID()), first.id, second.id])

        assert found == [second, first, second]

    def test_any_number_of_ids_can_be_asked_for(self, repository):
        entities = [self.make() for _ in range(120)]
        repository.put_many(entities)
        asked = [id for entity in entities for id in (entity.id, str(ULID()))]

        assert [entity.id for entity in repository.get_many(asked)] == [entity.id for entity in entities]
        assert repository.get_many(iter(())) == []

    def test_a_result_belongs_to_its_caller(self, repository, stored):
        repository.get_many([stored.id]).clear()

        assert repository.get_many([stored.id]) == [stored]

    def test_bulk_writes_are_unconditional_and_of_any_number(self, repository, stored):
        entities = [self.make() for _ in range(60)]

        repository.put_many([*entities, self.changed(stored).at_version(7)])

        assert repository.get(stored.id) == self.changed(stored).at_version(7)
        assert repository.get(entities[0].id) == entities[0].at_version(1)
        assert len(list(walk(repository, Everything(), limit=25))) == 61

        repository.remove_many([*(entity.id for entity in entities), str(ULID())])

        assert [entity.id for entity in walk(repository, Everything(), limit=25)] == [stored.id]

    def test_the_last_of_duplicates_wins_in_bulk(self, repository):
        first = self.make()
        last = self.changed(first)

        repository.put_many([first, *(self.make() for _ in range(39)), last])

        assert repository.get(first.id) == last.at_version(1)
        assert [entity.id for entity in walk(repository, Everything(), limit=50)].count(first.id) == 1
