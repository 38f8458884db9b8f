"""Repositories that break one promise each."""

from collections.abc import Iterable

from domain.repository import MAX_PAGE
from domain.repository import Everything
from domain.repository import NameContains
from domain.repository import NamePrefix
from domain.repository import Page
from domain.repository import Query
from domain.sponsor import Sponsor
from domain.text import fold
from infrastructure.cursors import decode_cursor
from infrastructure.cursors import encode_cursor
from infrastructure.memory.sponsors import InMemorySponsorRepository


class Sponsors(InMemorySponsorRepository):
    """Sound; the broken ones begin here."""

    def _page(self, query: Query, after: str | None) -> list[Sponsor]:
        listed = filter(query.matches, self._rows.sort_keys(prefix=query.prefix, after=after))
        return [self._rows.by_id[sort_key.rpartition("\0")[2]] for sort_key in listed]


class SharesItsState(Sponsors):
    shared: list[Sponsor] | None = None

    def get_many(self, ids: Iterable[str]) -> list[Sponsor]:
        if self.shared is None:
            self.shared = super().get_many(ids)
        return self.shared


class GetManyLosesDuplicates(Sponsors):
    def get_many(self, ids: Iterable[str]) -> list[Sponsor]:
        return super().get_many(dict.fromkeys(ids))


class GetManyInItsOwnOrder(Sponsors):
    def get_many(self, ids: Iterable[str]) -> list[Sponsor]:
        return sorted(super().get_many(ids), key=lambda sponsor: sponsor.id)


class GetManyOfAHundred(Sponsors):
    def get_many(self, ids: Iterable[str]) -> list[Sponsor]:
        return super().get_many(list(ids)[:100])


class CursorSkips(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        page = super().page(query, limit=limit, cursor=cursor)
        if page.next_cursor is None:
            return page
        after = decode_cursor(self.kind, query, page.next_cursor)
        return Page(page.items, encode_cursor(self.kind, query, self._page(query, after)[0].sort_key))


class CursorRepeats(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        page = super().page(query, limit=limit, cursor=cursor)
        if page.next_cursor is None:
            return page
        return Page(page.items, encode_cursor(self.kind, query, page.items[-1].sort_key[:-1]))


class CursorForAnyQuery(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        after = None if cursor is None else decode_cursor(self.kind, Everything(), cursor)
        own = None if after is None else encode_cursor(self.kind, query, after)
        page = super().page(query, limit=limit, cursor=own)
        last = page.items[-1].sort_key if page.has_more else None
        return Page(page.items, None if last is None else encode_cursor(self.kind, Everything(), last))


class CursorIsTheBarePlace(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        found = self._page(query, cursor)
        return Page(tuple(found[:limit]), found[limit - 1].sort_key if len(found) > limit else None)


class OrderByRawName(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        found = sorted(self._page(query, None), key=lambda sponsor: (sponsor.name, sponsor.id))
        done = int(cursor or 0)
        return Page(tuple(found[done : done + limit]), str(done + limit) if len(found) > done + limit else None)


class PrefixIsAContains(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        same = NameContains(query.text) if isinstance(query, NamePrefix) else query
        return super().page(same, limit=limit, cursor=cursor)


class PrefixEndsBeforeTheLastCharacter(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        page = super().page(query, limit=limit, cursor=cursor)
        below = tuple(sponsor for sponsor in page.items if fold(sponsor.name) < query.prefix + "\U0010ffff")
        return Page(below, page.next_cursor)


class ContainsLooksIntoIds(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        page = super().page(query, limit=limit, cursor=cursor)
        folded = getattr(query, "text", None)
        more = tuple(sponsor for sponsor in self._page(Everything(), None) if sponsor.id == folded)
        return Page((*page.items, *more), page.next_cursor)


class AlwaysOnePageMore(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        page = super().page(query, limit=limit, cursor=cursor)
        last = page.items[-1].sort_key if page.items else "\U0010ffff"
        return Page(page.items, encode_cursor(self.kind, query, last))


class MoreThanTheLimit(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        return super().page(query, limit=min(limit + 1, MAX_PAGE), cursor=cursor)


class AnyLimit(Sponsors):
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        return super().page(query, limit=min(max(limit, 1), MAX_PAGE), cursor=cursor)


class FirstOfDuplicatesWins(Sponsors):
    def put_many(self, entities: Iterable[Sponsor]) -> None:
        super().put_many(reversed(list(entities)))


class BulkAsksForVersions(Sponsors):
    def put_many(self, entities: Iterable[Sponsor]) -> None:
        super().put_many(entity for entity in entities if entity.id not in self._rows.by_id)


class AnyId(Sponsors):
    def get_many(self, ids: Iterable[str]) -> list[Sponsor]:
        return [self._rows.by_id[id] for id in ids if id in self._rows.by_id]
