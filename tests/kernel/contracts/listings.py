"""What is promised of every listing that an aggregate has: the one by text, or by id, and each that it declares."""

import itertools
from collections.abc import Iterable
from enum import Enum
from random import Random
from typing import Any
from typing import ClassVar

import pytest

from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.entity import listings_of
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import InvalidCursor
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Listing
from domain.kernel.listing import Query
from domain.kernel.repository import Everything
from domain.kernel.text import Id
from domain.kernel.text import fold
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.base import Contract
from tests.kernel.contracts.base import refusal
from tests.kernel.contracts.base import walk
from tests.kernel.contracts.variety import may_be_none


class Stranger(Entity):
    """Of another kind than all that are under contract."""

    owner_id: Id

    of_owner: ClassVar[Listing] = Listing(by="owner_id")


class ListingsContract(Contract[E]):
    """What is promised of every listing; each test runs once for each of them."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "listing" in metafunc.fixturenames:
            metafunc.parametrize("listing", listings_of(self.kind), ids=lambda listing: listing.name or "by_text")

    def listed(self, listing: Listing, number: int, *, among: int = 0) -> E:
        """A new entity in `listing`, at the place of that number among all of the same `among`."""
        if listing is BY_TEXT:
            return self.named(f"Number {number:03d}") if self.has_text() else self.make()
        entity = self.make()
        for field in listing.by:
            entity = self.varied(entity, field, among)
        return self.moved(listing, entity, number)

    def moved(self, listing: Listing, entity: E, number: int) -> E:
        """`entity` at the place of that number: two share one, and of several fields the first decides."""
        if listing is BY_TEXT:
            return self.changed(entity)
        for index, field in enumerate(listing.order):
            entity = self.varied(entity, field, number * 5 % 8 if index else number // 2)
        return entity

    def others(self, listing: Listing) -> list[E]:
        """Entities that are not asked for: with another value of one of the fields, or none."""
        if listing is BY_TEXT:
            return []
        listed = self.listed(listing, 0)
        elsewhere = [self.varied(self.listed(listing, 0), field, 1) for field in listing.by]
        return [
            *(entity for entity in elsewhere if query_of(listing, entity) != query_of(listing, listed)),
            *(self.varied(self.listed(listing, 0), field, None) for field in self.optional(listing)),
        ]

    def optional(self, listing: Listing) -> list[str]:
        """The fields without which an entity is not listed."""
        fields = () if listing is BY_TEXT else (*listing.by, *listing.order)
        return [field for field in fields if may_be_none(self.kind, field)]

    def test_a_listing_is_in_its_order_and_then_by_id(self, repository, listing):
        entities = [self.listed(listing, number) for number in range(16)]
        repository.put_many(Random(1).sample(entities, len(entities)))

        listed = walk(repository, query_of(listing, entities[0]), limit=5)

        assert ids(listed) == ids(in_order(listing, entities))

    @pytest.mark.parametrize("limit", [2, 7, 500])
    def test_pages_hold_every_match_once_and_nothing_else(self, repository, listing, limit):
        entities = [self.listed(listing, number) for number in range(24)]
        repository.put_many([*self.others(listing), *entities, *self.others(listing)])

        listed = walk(repository, query_of(listing, entities[0]), limit=limit)

        assert ids(listed) == ids(in_order(listing, entities))

    def test_the_last_page_says_that_there_is_no_more(self, repository, listing):
        entities = [self.listed(listing, number) for number in range(4)]
        repository.put_many(entities)

        page = repository.page(query_of(listing, entities[0]), limit=4)

        assert (len(page.items), page.has_more, page.next_cursor) == (4, False, None)

    def test_an_empty_listing_is_one_empty_page(self, repository, listing):
        repository.put_many(self.others(listing))

        page = repository.page(query_of(listing, self.listed(listing, 0)), limit=10)

        assert (page.items, page.has_more) == ((), False)

    def test_an_entity_that_moves_is_listed_at_its_new_place_only(self, repository, listing):
        staying = [repository.add(self.listed(listing, number)) for number in (2, 6)]
        entity = repository.add(self.listed(listing, 0))

        entity = repository.save(self.moved(listing, entity, 4))

        query = query_of(listing, entity)
        assert list(walk(repository, query, limit=10)) == in_order(listing, [entity, *staying])
        for field in listing.by:
            entity = repository.save(self.varied(entity, field, 1))
            if query_of(listing, entity) != query:
                assert list(walk(repository, query, limit=10)) == in_order(listing, staying), f"another {field}"
                assert list(walk(repository, query_of(listing, entity), limit=10)) == [entity], f"another {field}"
            entity = repository.save(self.varied(entity, field, 0))
        assert list(walk(repository, query, limit=10)) == in_order(listing, [entity, *staying])

    def test_an_entity_without_a_value_to_list_it_by_is_not_listed_until_it_has_one(self, repository, listing):
        query = query_of(listing, self.listed(listing, 0))
        for field in self.optional(listing):
            entity = repository.add(self.varied(self.listed(listing, 0), field, None))
            assert list(walk(repository, query, limit=10)) == [], f"added without {field}"

            entity = repository.save(self.varied(entity, field, 0))
            assert list(walk(repository, query, limit=10)) == [entity], f"given a {field}"

            entity = repository.save(self.varied(entity, field, None))
            assert list(walk(repository, query, limit=10)) == [], f"without {field} again"
            assert repository.get(entity.id) == entity

    @pytest.mark.parametrize("with_event", [False, True])
    def test_a_removed_entity_is_not_listed_until_it_is_restored(self, repository, listing, with_event):
        stored = repository.add(self.listed(listing, 0))
        query = query_of(listing, stored)

        repository.remove(stored, *[an_event(stored)] * with_event)
        assert list(walk(repository, query, limit=10)) == []

        restored = repository.add(stored.at_version(0))
        assert list(walk(repository, query, limit=10)) == [restored]

        repository.remove_many([stored.id])
        assert list(walk(repository, query, limit=10)) == []

    def test_a_walk_sees_once_whatever_stays_while_others_are_written(self, repository, listing):
        staying = {entity.id: entity for entity in (repository.add(self.listed(listing, n)) for n in range(0, 40, 2))}
        moving = [repository.add(self.listed(listing, n)) for n in range(1, 20, 2)]
        query = query_of(listing, moving[0])
        turn = itertools.count()

        def disturb() -> None:
            number = next(turn)
            repository.add(self.listed(listing, number * 3))
            id = list(staying)[number % len(staying)]
            staying[id] = repository.save(staying[id])
            if number < len(moving):
                moved = repository.save(self.moved(listing, moving[number], 40 - number))
                if number % 2:
                    repository.remove(moved)

        seen = ids(walk(repository, query, limit=3, between=disturb))

        assert [seen.count(id) for id in staying] == [1] * len(staying)

    def test_a_cursor_that_names_an_entity_that_is_gone_still_serves(self, repository, listing):
        entities = in_order(listing, [repository.add(self.listed(listing, number)) for number in range(5)])
        query = query_of(listing, entities[0])
        page = repository.page(query, limit=2)
        repository.remove(entities[1])

        assert list(repository.page(query, limit=3, cursor=page.next_cursor).items) == entities[2:]

    def test_a_damaged_cursor_is_refused(self, repository, listing):
        entities = [self.listed(listing, number) for number in range(4)]
        repository.put_many(entities)
        query = query_of(listing, entities[0])
        cursor = repository.page(query, limit=2).next_cursor
        others = ["B" if character == "A" else "A" for character in cursor]
        one_replaced = (cursor[:at] + other + cursor[at + 1 :] for at, other in enumerate(others))

        for damaged in (*one_replaced, cursor[:-1], cursor[:-4], cursor + "A", cursor + "=", "", "x", "é"):
            with refusal(InvalidCursor, of=damaged):
                repository.page(query, limit=2, cursor=damaged)

    def test_a_cursor_serves_no_other_listing_and_no_other_values(self, repository, listing):
        entities = [self.listed(listing, number) for number in range(4)]
        repository.put_many(entities)
        query = query_of(listing, entities[0])
        cursor = repository.page(query, limit=2).next_cursor
        elsewhere = [self.varied(entities[0], field, 1) for field in listing.by]
        queries = {
            *(query_of(listing, entity) for entity in elsewhere),
            *(query_of(each, self.listed(each, 0)) for each in listings_of(self.kind)),
        }

        for other in queries - {query}:
            with refusal(InvalidCursor, of=other):
                repository.page(other, limit=2, cursor=cursor)

    @pytest.mark.parametrize("limit", [-1, 0, 501])
    def test_a_limit_out_of_bounds_is_refused(self, repository, listing, limit):
        with pytest.raises(InvalidArgument):
            repository.page(query_of(listing, self.listed(listing, 0)), limit=limit)

    def test_a_listing_of_another_kind_is_refused(self, repository):
        with pytest.raises(InvalidArgument):
            repository.page(Stranger.of_owner("one"), limit=10)


def query_of(listing: Listing, entity: Entity) -> Query:
    """The query of `listing` that means all that stand in it together with `entity`."""
    return Everything() if listing is BY_TEXT else listing(*(getattr(entity, field) for field in listing.by))


def in_order(listing: Listing, entities: Iterable[E]) -> list[E]:
    """`entities` as they stand in `listing`."""

    def key(entity: E) -> tuple[Any, ...]:
        return (*(_comparable(getattr(entity, field)) for field in listing.order), entity.id)

    return sorted(entities, key=key, reverse=listing.descending)


def ids(entities: Iterable[Entity]) -> list[str]:
    return [entity.id for entity in entities]


def _comparable(value: Any) -> Any:
    if isinstance(value, Enum):
        return _comparable(value.value)
    return fold(value)[:200] if isinstance(value, str) else value
