"""What every repository promises."""

import itertools
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from typing import Generic

import pytest
from ulid import ULID

from domain.kernel.entity import E
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from domain.kernel.repository import Query
from domain.kernel.repository import Repository
from tests.kernel.builders.events import an_event

IMPOSSIBLE_IDS = ("", "x" * 65, "..", "a/b", "a#b", "a\0b", "a b", "é", "a\n", "\ud800")
ODD_NAMES = ("\u0301", "\ufdfa" * 100, "\U0010ffff", "a\U0010ffff", "👩‍👩‍👧 FC", "ß", "İ", "#", "~")


def walk(
    repository: Repository[E], query: Query, *, limit: int, between: Callable[[], Any] = lambda: None
) -> Iterator[E]:
    """Every entity of a listing, page by page; `between` runs after each page but the last."""
    page = repository.page(query, limit=limit)
    for _ in range(1000):
        assert len(page.items) <= limit
        yield from page.items
        if not page.has_more:
            return
        between()
        page = repository.page(query, limit=limit, cursor=page.next_cursor)
    pytest.fail("the walk does not end")


class RepositoryContract(Generic[E]):
    """What every repository promises, whatever is underneath.

    A subclass names the container's provider, how an entity of a name is made, and how one is changed; or overrides
    the `repository` fixture.
    """

    provider: str
    make: Callable[[str], E]
    changed: Callable[[E], E]

    @pytest.fixture
    def repository(self, container: Any) -> Repository[E]:
        return getattr(container, self.provider)()

    @pytest.fixture
    def stored(self, repository: Repository[E]) -> E:
        return repository.add(self.make("Somebody"))

    # One entity

    def test_an_added_entity_is_returned_and_read_back_at_version_1(self, repository):
        entity = self.make("Ünïted 🏟")

        stored = repository.add(entity)

        assert stored == entity.at_version(1)
        assert repository.get(entity.id) == stored
        assert repository.get(entity.id, consistent=True) == stored

    def test_every_read_is_rendered_as_what_was_written(self, repository):
        entity = self.make("Somebody")
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
        entity = self.make("Somebody").at_version(3)

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
        entity = self.make("Somebody")

        with pytest.raises(InvalidArgument):
            repository.save(entity)
        with pytest.raises(InvalidArgument):
            repository.remove(entity)

        assert repository.get_many([entity.id]) == []

    @pytest.mark.parametrize("with_event", [False, True])
    def test_what_was_removed_is_gone_from_every_read(self, repository, stored, with_event):
        repository.remove(stored, *[an_event(stored)] * with_event)

        with pytest.raises(NotFound):
            repository.get(stored.id)
        with pytest.raises(NotFound):
            repository.get(stored.id, consistent=True)
        with pytest.raises(NotFound):
            repository.save(stored)
        with pytest.raises(NotFound):
            repository.remove(stored)
        assert repository.get_many([stored.id]) == []
        assert list(walk(repository, Everything(), limit=10)) == []

    @pytest.mark.parametrize("with_event", [False, True])
    def test_what_was_removed_can_be_restored_under_its_id(self, repository, stored, with_event):
        repository.remove(stored, *[an_event(stored)] * with_event)

        restored = repository.add(stored.at_version(0))

        assert restored.version == 1
        assert repository.get(stored.id) == restored
        assert list(walk(repository, Everything(), limit=10)) == [restored]

    def test_a_stale_remove_is_refused_and_removes_nothing(self, repository, stored):
        newer = repository.save(self.changed(stored))

        with pytest.raises(Conflict):
            repository.remove(stored)

        assert repository.get(stored.id) == newer

    def test_an_entity_of_another_class_is_refused(self, repository, stored):
        impostor = type("Impostor", (repository.kind,), {})(**stored.__dict__)

        for call in (lambda: repository.add(impostor.at_version(0)), lambda: repository.save(impostor)):
            with pytest.raises(InvalidArgument):
                call()
        with pytest.raises(InvalidArgument):
            repository.remove(impostor)
        with pytest.raises(InvalidArgument):
            repository.put_many([self.make("Somebody"), impostor])

        assert list(walk(repository, Everything(), limit=10)) == [stored]

    def test_an_impossible_id_is_refused_and_nothing_is_removed(self, repository, stored):
        for id in IMPOSSIBLE_IDS:
            with pytest.raises(InvalidArgument):
                repository.get(id)
            with pytest.raises(InvalidArgument):
                repository.get_many([stored.id, id])
            with pytest.raises(InvalidArgument):
                repository.remove_many([stored.id, id])

        assert repository.get(stored.id) == stored

    # Many at once

    def test_many_come_in_the_order_asked_with_duplicates_and_without_the_missing(self, repository):
        first, second = repository.add(self.make("First")), repository.add(self.make("Second"))

        found = repository.get_many([second.id, str(ULID()), first.id, second.id])

        assert found == [second, first, second]

    def test_any_number_of_ids_can_be_asked_for(self, repository):
        entities = [self.make(f"Number {number:03d}") for number in range(120)]
        repository.put_many(entities)
        asked = [id for entity in entities for id in (entity.id, str(ULID()))]

        assert [entity.id for entity in repository.get_many(asked)] == [entity.id for entity in entities]
        assert repository.get_many(iter(())) == []

    def test_a_result_belongs_to_its_caller(self, repository, stored):
        repository.get_many([stored.id]).clear()

        assert repository.get_many([stored.id]) == [stored]

    def test_bulk_writes_are_unconditional_and_of_any_number(self, repository, stored):
        entities = [self.make(f"Number {number:03d}") for number in range(60)]

        repository.put_many([*entities, self.changed(stored).at_version(7)])

        assert repository.get(stored.id) == self.changed(stored).at_version(7)
        assert repository.get(entities[0].id) == entities[0].at_version(1)
        assert len(list(walk(repository, Everything(), limit=25))) == 61

        repository.remove_many([*(entity.id for entity in entities), str(ULID())])

        assert [entity.id for entity in walk(repository, Everything(), limit=25)] == [stored.id]

    def test_the_last_of_duplicates_wins_in_bulk(self, repository):
        first = self.make("Number 0")
        last = self.changed(first)

        repository.put_many([first, *(self.make(f"Number {number}") for number in range(1, 40)), last])

        assert repository.get(first.id) == last.at_version(1)
        assert [entity.id for entity in walk(repository, Everything(), limit=50)].count(first.id) == 1

    # Listing

    def test_a_listing_is_ordered_by_folded_name_then_id(self, repository):
        names = ("zeta", "Ärger", "arg", "Zeta", "ｚ wide", "Éa", "ea", "EA", "\ufffd x", "st", "Ĳssel", *ODD_NAMES)
        stored = [repository.add(self.make(name)) for name in names]

        listed = list(walk(repository, Everything(), limit=4))

        assert [entity.id for entity in listed] == [entity.id for entity in sorted(stored, key=lambda e: e.sort_key)]

    def test_an_odd_name_is_kept_listed_and_found(self, repository):
        for name in ODD_NAMES:
            stored = repository.add(self.make(name))

            assert repository.get(stored.id) == stored
            assert stored in walk(repository, Everything(), limit=10)
            if stored.sort_key.partition("\0")[0]:
                assert stored in walk(repository, NamePrefix(name), limit=10)
                assert stored in walk(repository, NameContains(name), limit=10)

    def test_a_prefix_is_found_at_the_start_only_and_whatever_its_case_and_accents(self, repository):
        found = [repository.add(self.make(name)) for name in ("Män City", "MANCHESTER", "ｍａｎ", "mán")]
        for other in ("A man", "Ma", "Mbn", "Mam\U0010ffff"):
            repository.add(self.make(other))

        listed = list(walk(repository, NamePrefix("mÀN"), limit=2))

        assert listed == sorted(found, key=lambda entity: entity.sort_key)

    def test_a_text_is_found_anywhere_and_whatever_its_case_and_accents(self, repository):
        found = [repository.add(self.make(name)) for name in ("Leeds Ünited", "UNITED", "Reunited")]
        for other in ("Unite", "Leeds"):
            repository.add(self.make(other))

        listed = list(walk(repository, NameContains("ünITED"), limit=2))

        assert listed == sorted(found, key=lambda entity: entity.sort_key)

    def test_a_text_is_not_found_in_an_id(self, repository, stored):
        assert list(walk(repository, NameContains(stored.id), limit=10)) == []

    @pytest.mark.parametrize("limit", [2, 7, 500])
    @pytest.mark.parametrize("query", [Everything(), NamePrefix("man"), NameContains(" 00")], ids=repr)
    def test_pages_hold_every_match_once(self, repository, limit, query):
        names = (f"{'Man' if number % 3 else 'A man'} {number:03d}" for number in range(30))
        entities = [self.make(name) for name in names]
        repository.put_many(entities)
        matching = [e for e in entities if e.sort_key.startswith(query.prefix) and query.matches(e.sort_key)]

        listed = [entity.id for entity in walk(repository, query, limit=limit)]

        assert listed == [entity.id for entity in sorted(matching, key=lambda e: e.sort_key)]

    def test_the_last_page_says_that_there_is_no_more(self, repository):
        repository.put_many(self.make(f"Number {number}") for number in range(4))

        page = repository.page(Everything(), limit=4)

        assert not page.has_more
        assert page.next_cursor is None

    def test_an_empty_listing_is_one_empty_page(self, repository):
        page = repository.page(NamePrefix("nobody"), limit=10)

        assert (page.items, page.has_more) == ((), False)

    def test_a_renamed_entity_is_listed_at_its_new_place_only(self, repository, stored):
        renamed = repository.save(self.changed(stored))

        assert list(walk(repository, Everything(), limit=10)) == [renamed]

    def test_a_walk_sees_once_whatever_stays_while_others_are_written(self, repository):
        staying = {entity.id: entity for entity in (repository.add(self.make(f"M {n:03d}")) for n in range(20))}
        moving = [repository.add(self.make(f"A {n:03d}")) for n in range(10)]
        turn = itertools.count()

        def disturb() -> None:
            number = next(turn)
            repository.add(self.make(f"M {number:03d} b"))
            id = list(staying)[number % 20]
            staying[id] = repository.save(staying[id])
            if number < len(moving):
                moved = repository.save(self.changed(moving[number]))
                if number % 2:
                    repository.remove(moved)

        seen = [entity.id for entity in walk(repository, Everything(), limit=3, between=disturb)]

        assert [seen.count(id) for id in staying] == [1] * len(staying)

    def test_a_cursor_that_names_an_entity_that_is_gone_still_serves(self, repository):
        entities = [repository.add(self.make(f"Number {number}")) for number in range(4)]
        page = repository.page(Everything(), limit=2)
        repository.remove(entities[1])

        assert list(repository.page(Everything(), limit=2, cursor=page.next_cursor).items) == entities[2:]

    def test_a_damaged_cursor_is_refused(self, repository):
        repository.put_many(self.make(f"Number {number}") for number in range(4))
        cursor = repository.page(Everything(), limit=2).next_cursor
        flipped = ("B" if cursor[12] == "A" else "A").join((cursor[:12], cursor[13:]))

        for damaged in (cursor[:-1], cursor[:-4], cursor + "A", cursor + "=", "B" + cursor[1:], flipped, "", "x", "é"):
            with pytest.raises(InvalidCursor):
                repository.page(Everything(), limit=2, cursor=damaged)

    def test_a_cursor_serves_no_other_query(self, repository):
        repository.put_many(self.make(f"Man {number}") for number in range(4))
        cursor = repository.page(NamePrefix("man"), limit=2).next_cursor

        for query in (Everything(), NamePrefix("ma"), NameContains("man")):
            with pytest.raises(InvalidCursor):
                repository.page(query, limit=2, cursor=cursor)

    @pytest.mark.parametrize("limit", [-1, 0, 501])
    def test_a_limit_out_of_bounds_is_refused(self, repository, limit):
        with pytest.raises(InvalidArgument):
            repository.page(Everything(), limit=limit)

    # Several threads

    def test_of_two_racing_additions_of_one_id_one_wins(self, repository):
        for number in range(5):
            entity = self.make(f"Number {number}")
            rivals = (entity, self.changed(entity))

            outcomes = race(lambda rival: repository.add(rival), rivals)

            [winner] = [outcome for outcome in outcomes if isinstance(outcome, repository.kind)]
            assert sorted(type(outcome).__name__ for outcome in outcomes if outcome is not winner) == ["AlreadyExists"]
            assert repository.get(entity.id, consistent=True) == winner

    def test_racing_saves_lose_no_update(self, repository, stored):
        def save_five_times(_: int) -> None:
            saved = 0
            while saved < 5:
                try:
                    repository.save(repository.get(stored.id, consistent=True))
                    saved += 1
                except Conflict:
                    continue

        race(save_five_times, range(4))

        assert repository.get(stored.id, consistent=True).version == 1 + 4 * 5


def race(work: Callable[[Any], Any], arguments: Any) -> list[Any]:
    """What `work` returned or raised for each argument, all of them begun at once."""
    with ThreadPoolExecutor(len(arguments)) as threads:
        futures = [threads.submit(work, argument) for argument in arguments]
        return [future.exception() or future.result() for future in futures]
