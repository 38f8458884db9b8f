"""Everything that is stored, behind one lock."""

from bisect import bisect_left
from bisect import bisect_right
from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import islice
from threading import RLock
from typing import Any
from typing import Generic

from domain.kernel.change import Action
from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.entity import life_of
from domain.kernel.entity import listings_of
from domain.kernel.errors import Failure
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.listing import Listing
from domain.kernel.listing import Query
from domain.kernel.listing import id_at
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.store import Found
from infrastructure.kernel.store import Read
from infrastructure.kernel.store import Store
from infrastructure.kernel.store import Token
from usecases.kernel.deadline import Deadline
from usecases.kernel.deadline import deadline

MAX_ENDED = 100_000
"""Of how many removed entities of one kind the last version is known."""
ROWS_BETWEEN_LOOKS = 1000
"""How many rows of a listing are read before the clock is looked at again."""


class Rows(Generic[E]):
    """The entities of one kind, by id and in their listings. Only the thread that has the turn calls it."""

    def __init__(self) -> None:
        self.by_id: dict[str, E] = {}
        self._listed: defaultdict[str, list[str]] = defaultdict(list)
        """The positions in each partition, in order."""
        self._ended: dict[str, int] = {}
        """The versions at which entities were removed, the oldest removal first."""

    def require_listable(self, entity: E) -> None:
        """Raises what the properties of an entity raise that it is listed by, before anything is changed."""
        old = self.by_id.get(entity.id)
        for listing in listings_of(type(entity)):
            if old is None or listing.moves(old, entity):
                listing.place(entity)

    def put(self, entity: E) -> None:
        old = self.by_id.get(entity.id)
        self.by_id[entity.id] = entity
        self._ended.pop(entity.id, None)
        for listing in listings_of(type(entity)):
            if old is None:
                self._list(listing, entity)
            elif listing.moves(old, entity):
                self._unlist(listing, old)
                self._list(listing, entity)

    def remove(self, id: str) -> None:
        """Removes the entity of that id, which is there, and remembers its version."""
        ended = self.by_id[id].version + 1
        self.drop(id)
        self._ended[id] = ended
        if len(self._ended) > MAX_ENDED:
            del self._ended[next(iter(self._ended))]

    def drop(self, id: str) -> None:
        """Removes the entity of that id, if it is there, and forgets its version."""
        self._ended.pop(id, None)
        old = self.by_id.pop(id, None)
        if old is not None:
            for listing in listings_of(type(old)):
                self._unlist(listing, old)

    def ended(self, id: str) -> int:
        """The version at which the last entity of that id was removed; 0 if there was none."""
        return self._ended.get(id, 0)

    def listed(self, query: Query, *, after: str | None) -> Iterator[str]:
        """The positions in the partition of `query` that begin with its prefix, beyond `after`, in order."""
        positions = self._listed.get(query.partition, [])
        size = len(query.prefix)
        first = bisect_left(positions, query.prefix)
        end = bisect_right(positions, query.prefix, key=lambda position: position[:size])
        if query.listing.descending:
            end = end if after is None else min(end, bisect_left(positions, after))
            return (positions[index] for index in range(end - 1, first - 1, -1))
        first = first if after is None else max(first, bisect_right(positions, after))
        return (positions[index] for index in range(first, end))

    def _list(self, listing: Listing, entity: E) -> None:
        if (place := listing.place(entity)) is not None:
            insort(self._listed[place.partition], place.position)

    def _unlist(self, listing: Listing, entity: E) -> None:
        if (place := listing.place(entity)) is not None:
            positions = self._listed[place.partition]
            del positions[bisect_left(positions, place.position)]


class _WithinDeadline:
    """A lock that is waited for no longer than a deadline allows. A class, for a generator takes twice as long."""

    def __init__(self, lock: Any, limit: Deadline) -> None:
        self._lock = lock
        self._limit = limit

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=max(0, self._limit.seconds_left())):
            raise Unavailable(f"{InMemoryStore.name} did not answer in time")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class InMemoryStore(Store):
    """The rows of every kind. Nobody sees half of a write, and its events leave only after it."""

    name = "the store in memory"

    def __init__(self, outbox: Outbox) -> None:
        self._in_use = RLock()
        self._outbox = outbox
        self._rows: dict[type[Entity], Rows[Any]] = {}

    def rows(self, kind: type[E]) -> Rows[E]:
        """The rows of `kind`."""
        rows = self._rows.get(kind)
        return self._rows.setdefault(kind, Rows()) if rows is None else rows

    def turn(self) -> AbstractContextManager[Any]:
        """All rows, for this thread alone, in the block that it begins.

        Raises:
            Unavailable: others are busy with them for too long.
        """
        limit = deadline()
        return self._in_use if limit is None else _WithinDeadline(self._in_use, limit)

    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        by_id = self.rows(kind).by_id
        with self.turn():
            return Read({id: by_id[id] for id in ids if id in by_id})

    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        with self.turn():
            failures = [failure for change in changes if (failure := self._obstacle(change)) is not None]
            if failures:
                raise TransactionFailed(*failures)
            made = [self._counted(change) for change in changes]
            for change in made:
                self.rows(type(change.entity)).require_listable(change.stored)
            for change in made:
                self._apply(change)
                self._outbox.append(change.events)
        self._outbox.drain()
        return made

    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        rows = self.rows(kind)
        with self.turn():
            matching = filter(query.matches, self._while_in_time(rows.listed(query, after=after)))
            positions = list(islice(matching, limit + 1))
            items = tuple(rows.by_id[id_at(position)] for position in positions[:limit])
        return Found(items, positions[limit - 1] if len(positions) > limit else None)

    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        rows = self.rows(kind)
        with self.turn():
            for entity in entities:
                rows.require_listable(entity)
            for entity in entities:
                rows.put(entity)

    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        with self.turn():
            for id in ids:
                self.rows(kind).drop(id)

    def _while_in_time(self, positions: Iterator[str]) -> Iterator[str]:
        """The positions, as long as there is time to read them."""
        for number, position in enumerate(positions):
            if number % ROWS_BETWEEN_LOOKS == 0:
                self.in_time()
            yield position

    def _counted(self, change: Change[Any]) -> Change[Any]:
        ended = self.rows(type(change.entity)).ended(change.entity.id)
        return change.after(ended) if ended and change.action is Action.ADD else change

    def _obstacle(self, change: Change[Any]) -> Failure | None:
        stored = self.rows(type(change.entity)).by_id.get(change.entity.id)
        return change.obstacle(None, None) if stored is None else change.obstacle(stored.version, life_of(stored))

    def _apply(self, change: Change[Any]) -> None:
        rows = self.rows(type(change.entity))
        if change.action is Action.REMOVE:
            rows.remove(change.entity.id)
        elif change.action is not Action.CHECK:
            rows.put(change.stored)
