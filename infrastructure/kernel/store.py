"""The port that each database adapter implements."""

import json
import zlib
from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import Any
from typing import ClassVar
from typing import Generic
from typing import NamedTuple
from typing import Self

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from domain.kernel.events import HandledEvent
from domain.kernel.listing import Query
from domain.kernel.preconditions import require_id
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from infrastructure.kernel.ids import new_mark
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import require_time
from usecases.kernel.observability import observers

_NONE: Mapping[str, Unreadable] = MappingProxyType({})


class Token:
    """Identifies one unit of work, so that a repeated commit is recognised.

    Attributes:
        is_in_doubt: whether an earlier attempt may have succeeded, though no answer says so.
    """

    def __init__(self) -> None:
        self.is_in_doubt = False

    @cached_property
    def id(self) -> str:
        """No other token has it."""
        return new_mark()


class Read(NamedTuple, Generic[E]):
    """The entities found, by id, and the errors of those that cannot be read."""

    found: Mapping[str, E]
    unreadable: Mapping[str, Unreadable] = _NONE


class Found(NamedTuple, Generic[E]):
    """Entities in the order of a listing. `after` is where the next page begins; None at the end.

    `unreadable` has the errors, by id, of those that belong here and cannot be read.
    """

    items: tuple[E, ...]
    after: str | None
    unreadable: Mapping[str, Unreadable] = _NONE


class Segment(NamedTuple):
    """One of so many parts of all that is stored. The first one has the number 0."""

    number: int
    of: int


class Stretch(NamedTuple):
    """Some entities of a segment, in any order. `after` is where the next stretch begins; None at the end.

    `unreadable` has the errors of those that belong here and cannot be read, and `seen` says how many records of whatever
    kind were looked at.
    """

    entities: Sequence[Entity]
    unreadable: Sequence[Unreadable]
    after: str | None
    seen: int


class Store(ABC):
    """Keeps the entities of all kinds. The repository and the unit of work of the kernel use it.

    They check every argument before they call: ids, limits, kinds, listings and cursors are valid, and ids are distinct.
    All threads of a process share one store.

    Each method raises `Unavailable`, `Misconfigured` and the errors that it lists, and no other. If a write may have
    happened nevertheless, `Unavailable` has `maybe_applied`. Each method keeps the deadline of
    `usecases.kernel.deadline`: it starts nothing inside the buffer, and stops waiting when half of the buffer is left.
    """

    name: ClassVar[str]
    """The store's name in error messages."""

    @cached_property
    def kinds(self) -> set[type[Entity]]:
        """The kinds of entities that it keeps: each has a repository, but for what consumers remember."""
        return {HandledEvent}

    @abstractmethod
    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        """The stored entities of these ids; missing ones are left out.

        With `consistent`, the result includes every acknowledged write. A store that is always consistent ignores it.

        Raises:
            PartialFailure: these ids got no answer, and others did.
        """

    @abstractmethod
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        """Makes all changes and stores their events in the same commit, or makes none.

        A change is made only if `Change.obstacle` returns None. An addition under an id that was used before is made as
        `Change.after` returns it. Never raises after the commit, even if publishing the events fails.

        Without a token there is one change. With a token there are up to 100. A repeated call with the same token makes
        the changes if they are missing, and never twice. While `token.is_in_doubt`, it raises `TransactionFailed` only if
        it is certain that no earlier call made the changes, and otherwise `Unavailable` with `maybe_applied`.

        Returns:
            The changes as they were made. After a repeated call, versions may be those before `Change.after`.

        Raises:
            TransactionFailed: no change was made; names every change that cannot be made, and why.
            TooLarge: the store cannot hold it.
        """

    @abstractmethod
    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        """At most `limit` entities that `query` means, in its order, beyond the position `after`.

        It may return fewer, to bound the work. `after` of the result is then the last position that was read. If you
        follow `after` to the end, each entity that does not move meanwhile is returned exactly once.

        Raises:
            PartialFailure: these ids got no answer, and others did.
        """

    @abstractmethod
    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        """Stores whole entities at the versions they have, whatever is there.

        Raises:
            PartialFailure: the entities of these ids may not have been stored; all the others were.
            TooLarge: the store cannot hold one of them; none was stored.
        """

    @abstractmethod
    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        """Removes the entities that are there.

        Raises:
            PartialFailure: the entities of these ids may still be there; all the others are gone.
        """

    def stretch(self, kinds: Sequence[type[Entity]], segment: Segment, after: str | None) -> Stretch:
        """The next entities of these kinds, in a segment, beyond `after`. For operators, who go through everything.

        If you follow `after` to the end in every segment, each entity that is stored all the while, and does not move in
        the listing by text, is returned exactly once. This one reads that listing, and every segment reads all of it. A
        store that can divide what it has is faster.

        Raises:
            InvalidArgument: no stretch has returned that `after`.
            PartialFailure: as `find`.
        """
        names = [kind.__name__ for kind in kinds]
        try:
            name, position = (names[0], None) if after is None else json.loads(after)
            place = names.index(name)
        except (TypeError, ValueError) as exc:
            raise InvalidArgument("after", "is no place in what is stored") from exc
        found = self.find(kinds[place], Everything(), limit=MAX_PAGE, after=position)
        last = json.dumps([name, found.after]) if found.after is not None else None
        if last is None and place + 1 < len(names):
            last = json.dumps([names[place + 1], None])
        ours = [each for each in found.items if _is_in(segment, each.id)]
        unreadable = [error for id, error in found.unreadable.items() if _is_in(segment, id)]
        return Stretch(ours, unreadable, last, len(ours) + len(unreadable))

    def get(self, kind: type[E], id: str, *, consistent: bool) -> E:
        """The stored entity.

        Raises:
            NotFound: nothing is stored under `id`.
            InvalidArgument: no entity can have that id.
            Unreadable: what is stored breaks a rule of this release.
        """
        require_id(id)
        found, unreadable = self.watched().read(kind, [id], consistent=consistent)
        if id in found:
            return found[id]
        raise unreadable.get(id) or NotFound(kind.__name__, id)

    def in_time(self) -> Self:
        """The store itself.

        Raises:
            Unavailable: it is too late to begin anything.
        """
        try:
            require_time()
        except OutOfTime as exc:
            raise Unavailable(f"{self.name} {exc}") from exc
        return self

    def watched(self) -> "Store":
        """The same, whose calls are watched if there is an observer."""
        store = self.in_time()
        if not observers():
            return store
        # Imported here, for it is a store itself, and nobody else needs it.
        watched: Store = import_module("infrastructure.kernel.observability.store").WatchedStore(store)
        return watched


def _is_in(segment: Segment, id: str) -> bool:
    return zlib.crc32(id.encode()) % segment.of == segment.number
