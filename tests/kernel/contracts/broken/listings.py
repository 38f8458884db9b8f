"""Listings that break one promise each."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from itertools import chain
from typing import Any

from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Listing
from domain.kernel.listing import Query
from domain.kernel.preconditions import require_limit
from domain.kernel.repository import Everything
from domain.kernel.repository import Page
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.memory.store import Rows
from tests.kernel.service.domain import Specimen
from tests.kernel.service.repositories import InMemorySpecimenRepository

# Rows, and the stores of them


class StaysListed(Rows[E]):
    def _unlist(self, listing: Listing, entity: E) -> None:
        pass


class IndexIsNeverCleaned(InMemoryStore):
    def rows(self, kind: type[E]) -> Rows[E]:
        return self._rows.setdefault(kind, StaysListed())


class DeclaredStaysListed(Rows[E]):
    def _unlist(self, listing: Listing, entity: E) -> None:
        if listing is BY_TEXT:
            super()._unlist(listing, entity)


class DeclaredListingsAreNeverCleaned(InMemoryStore):
    def rows(self, kind: type[E]) -> Rows[E]:
        return self._rows.setdefault(kind, DeclaredStaysListed())


class Rises(Rows[E]):
    def listed(self, query: Query, *, after: str | None) -> Iterator[str]:
        rising = copy(query.listing)
        rising.descending = False
        return super().listed(replace(query, listing=rising), after=after)


class NothingIsDescending(InMemoryStore):
    def rows(self, kind: type[E]) -> Rows[E]:
        return self._rows.setdefault(kind, Rises())


class OnePartition(Rows[E]):
    def listed(self, query: Query, *, after: str | None) -> Iterator[str]:
        of_listing = (self._listed[each] for each in [*self._listed] if each.split("#")[1:2] == [query.listing.name])
        self._listed["all"] = sorted(chain.from_iterable(of_listing))
        return super().listed(replace(query, partition="all") if query.partition else query, after=after)


class ValuesAreIgnored(InMemoryStore):
    def rows(self, kind: type[E]) -> Rows[E]:
        return self._rows.setdefault(kind, OnePartition())


# Repositories


class Specimens(InMemorySpecimenRepository):
    """Sound; the broken ones begin here."""


class ListsWhatHasNoValue(Specimens):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Specimen]:
        page = super().page(query, limit=limit, cursor=cursor)
        lacking = (entity for entity in self._rows.by_id.values() if query.listing.place(entity) is None)
        return Page((*page.items, *lacking), page.next_cursor)


class CursorForAnyListing(Specimens):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Specimen]:
        after = None if cursor is None else decode_cursor(self.kind, Everything(), cursor)
        page = super().page(query, limit=limit, cursor=after and encode_cursor(self.kind, query, after))
        if page.next_cursor is None:
            return page
        last = decode_cursor(self.kind, query, page.next_cursor)
        return Page(page.items, encode_cursor(self.kind, Everything(), last))


class AnyListing(Specimens):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Specimen]:
        require_limit(limit)
        return Page((), None) if query.listing.name == "of_owner" else super().page(query, limit=limit, cursor=cursor)


class NumbersAsTexts(Specimens):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Specimen]:
        def key(entity: Entity) -> tuple[Any, ...]:
            return (*(str(getattr(entity, field)) for field in query.listing.order), entity.id)

        everything = super().page(query, limit=500).items
        listed = sorted(everything, key=key, reverse=query.listing.descending)
        done = int(cursor or 0)
        return Page(tuple(listed[done : done + limit]), str(done + limit) if len(listed) > done + limit else None)
