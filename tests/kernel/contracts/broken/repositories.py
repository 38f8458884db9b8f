"""Repositories that break one promise each."""

from collections.abc import Iterable

from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Query
from domain.kernel.listing import id_at
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from domain.kernel.repository import Page
from domain.kernel.text import fold
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from tests.kernel.service.domain import Crate
from tests.kernel.service.repositories import InMemoryCrateRepository


class Crates(InMemoryCrateRepository):
    """Sound; the broken ones begin here."""

    def _page(self, query: Query, after: str | None) -> list[Crate]:
        listed = filter(query.matches, self._rows.listed(query, after=after))
        return [self._rows.by_id[id_at(position)] for position in listed]


def position(crate: Crate) -> str:
    """Where it stands in the listing by text."""
    place = BY_TEXT.place(crate)
    assert place is not None
    return place.position


class SharesItsState(Crates):
    shared: list[Crate] | None = None

    def get_many(self, ids: Iterable[str]) -> list[Crate]:
        if self.shared is None:
            self.shared = super().get_many(ids)
        return self.shared


class GetManyLosesDuplicates(Crates):
    def get_many(self, ids: Iterable[str]) -> list[Crate]:
        return super().get_many(dict.fromkeys(ids))


class GetManyInItsOwnOrder(Crates):
    def get_many(self, ids: Iterable[str]) -> list[Crate]:
        return sorted(super().get_many(ids), key=lambda crate: crate.id)


class GetManyOfAHundred(Crates):
    def get_many(self, ids: Iterable[str]) -> list[Crate]:
        return super().get_many(list(ids)[:100])


class CursorSkips(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        page = super().page(query, limit=limit, cursor=cursor)
        if page.next_cursor is None:
            return page
        after = decode_cursor(self.kind, query, page.next_cursor)
        return Page(page.items, encode_cursor(self.kind, query, position(self._page(query, after)[0])))


class CursorRepeats(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        page = super().page(query, limit=limit, cursor=cursor)
        if page.next_cursor is None:
            return page
        return Page(page.items, encode_cursor(self.kind, query, position(page.items[-1])[:-1]))


class CursorForAnyQuery(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        after = None if cursor is None else decode_cursor(self.kind, Everything(), cursor)
        own = None if after is None else encode_cursor(self.kind, query, after)
        page = super().page(query, limit=limit, cursor=own)
        last = position(page.items[-1]) if page.has_more else None
        return Page(page.items, None if last is None else encode_cursor(self.kind, Everything(), last))


class CursorIsTheBarePlace(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        found = self._page(query, cursor)
        return Page(tuple(found[:limit]), position(found[limit - 1]) if len(found) > limit else None)


class OrderByRawName(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        found = sorted(self._page(query, None), key=lambda crate: (crate.name, crate.id))
        done = int(cursor or 0)
        return Page(tuple(found[done : done + limit]), str(done + limit) if len(found) > done + limit else None)


class PrefixIsAContains(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        same = NameContains(query.prefix) if isinstance(query, NamePrefix) else query
        return super().page(same, limit=limit, cursor=cursor)


class PrefixEndsBeforeTheLastCharacter(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        page = super().page(query, limit=limit, cursor=cursor)
        below = tuple(crate for crate in page.items if fold(crate.name) < query.prefix + "\U0010ffff")
        return Page(below, page.next_cursor)


class ContainsLooksIntoIds(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        page = super().page(query, limit=limit, cursor=cursor)
        more = tuple(crate for crate in self._page(Everything(), None) if crate.id == query.part)
        return Page((*page.items, *more), page.next_cursor)


class AlwaysOnePageMore(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        page = super().page(query, limit=limit, cursor=cursor)
        last = position(page.items[-1]) if page.items else "\U0010ffff"
        return Page(page.items, encode_cursor(self.kind, query, last))


class MoreThanTheLimit(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        return super().page(query, limit=min(limit + 1, MAX_PAGE), cursor=cursor)


class AnyLimit(Crates):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Crate]:
        return super().page(query, limit=min(max(limit, 1), MAX_PAGE), cursor=cursor)


class FirstOfDuplicatesWins(Crates):
    def put_many(self, entities: Iterable[Crate]) -> None:
        super().put_many(reversed(list(entities)))


class BulkAsksForVersions(Crates):
    def put_many(self, entities: Iterable[Crate]) -> None:
        super().put_many(entity for entity in entities if entity.id not in self._rows.by_id)


class AnyId(Crates):
    def get_many(self, ids: Iterable[str]) -> list[Crate]:
        return [self._rows.by_id[id] for id in ids if id in self._rows.by_id]


class BackfillsKeepTheLife(Crates):
    def put_many(self, entities: Iterable[Crate]) -> None:
        for entity in entities:
            self._rows.put(entity.at_version(entity.version or 1))
