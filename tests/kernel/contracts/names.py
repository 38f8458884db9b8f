"""What is promised of the listing of an aggregate that has a text: its order, and what is found in it."""

import pytest

from domain.kernel.entity import E
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import InvalidCursor
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Query
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from domain.kernel.text import fold
from tests.kernel.contracts.base import Contract
from tests.kernel.contracts.base import refusal
from tests.kernel.contracts.base import walk
from tests.kernel.contracts.listings import ids
from tests.kernel.contracts.listings import in_order

ODD_NAMES = ("\u0301", "\ufdfa" * 100, "\U0010ffff", "a\U0010ffff", "👩‍👩‍👧 FC", "ß", "İ", "#", "~")


class NamesContract(Contract[E]):
    """What is promised of the listing by text. Texts that a rule of the aggregate refuses are not tried."""

    def all_named(self, *names: str) -> list[E]:
        """A new entity for each of the names that an entity can have."""
        entities = []
        for name in names:
            try:
                entity = self.named(name)
            except InvalidArgument as exc:
                refused = exc
                continue
            assert fold(entity.listed_as) == fold(name), f"`named` must make what is listed as {name!r}"
            entities.append(entity)
        if not entities:
            pytest.skip(f"{self.kind.__name__} refuses all of {names}: {refused}")
        return entities

    def test_the_listing_is_ordered_by_folded_name_then_id(self, repository):
        names = ("zeta", "Ärger", "arg", "Zeta", "ｚ wide", "Éa", "ea", "EA", "\ufffd x", "st", "Ĳssel", *ODD_NAMES)
        stored = [repository.add(entity) for entity in self.all_named(*names)]

        listed = list(walk(repository, Everything(), limit=4))

        assert listed == in_order(BY_TEXT, stored)

    def test_an_odd_name_is_kept_listed_and_found(self, repository):
        for entity in self.all_named(*ODD_NAMES):
            stored = repository.add(entity)

            assert repository.get(stored.id) == stored
            queries: list[Query] = [Everything()]
            if fold(stored.listed_as):
                queries += [NamePrefix(stored.listed_as), NameContains(stored.listed_as)]
            for query in queries:
                found = list(walk(repository, query, limit=10))
                assert stored in found, f"{stored.listed_as!r} is not found by {query}"

    def test_a_prefix_is_found_at_the_start_only_and_whatever_its_case_and_accents(self, repository):
        found = [repository.add(entity) for entity in self.all_named("Män City", "MANCHESTER", "ｍａｎ", "mán")]
        repository.put_many(self.all_named("A man", "Ma", "Mbn", "Mam\U0010ffff"))

        listed = list(walk(repository, NamePrefix("mÀN"), limit=2))

        assert listed == in_order(BY_TEXT, found)

    def test_a_text_is_found_anywhere_and_whatever_its_case_and_accents(self, repository):
        found = [repository.add(entity) for entity in self.all_named("Leeds Ünited", "UNITED", "Reunited")]
        repository.put_many(self.all_named("Unite", "Leeds"))

        listed = list(walk(repository, NameContains("ünITED"), limit=2))

        assert listed == in_order(BY_TEXT, found)

    def test_a_text_is_not_found_in_an_id(self, repository):
        stored = repository.add(self.named("Somebody"))

        assert list(walk(repository, NameContains(stored.id), limit=10)) == []

    @pytest.mark.parametrize("limit", [2, 7, 500])
    @pytest.mark.parametrize("query", [NamePrefix("man"), NameContains(" 00")], ids=["prefix", "part"])
    def test_pages_hold_all_that_is_found_once(self, repository, limit, query):
        entities = self.all_named(*(f"{'Man' if number % 3 else 'A man'} {number:03d}" for number in range(30)))
        repository.put_many(entities)
        found = [e for e in entities if fold(e.listed_as).startswith(query.prefix) and query.part in fold(e.listed_as)]

        listed = ids(walk(repository, query, limit=limit))

        assert listed == ids(in_order(BY_TEXT, found))

    def test_nothing_found_is_one_empty_page(self, repository):
        repository.put_many(self.all_named("Somebody", "Anybody"))

        page = repository.page(NamePrefix("nobody"), limit=10)

        assert (page.items, page.has_more) == ((), False)

    def test_a_cursor_serves_no_other_text(self, repository):
        repository.put_many(self.all_named(*(f"Man {number}" for number in range(4))))
        cursor = repository.page(NamePrefix("man"), limit=2).next_cursor

        for query in (Everything(), NamePrefix("ma"), NameContains("man")):
            with refusal(InvalidCursor, of=query):
                repository.page(query, limit=2, cursor=cursor)
