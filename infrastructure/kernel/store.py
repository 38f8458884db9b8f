"""The port below every repository and unit of work: all that another database has to bring."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any
from typing import ClassVar
from typing import Generic
from typing import NamedTuple
from typing import Self

from ulid import ULID

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.errors import NotFound
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from domain.kernel.listing import Query
from domain.kernel.preconditions import require_id
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import require_time

_NONE: Mapping[str, Unreadable] = MappingProxyType({})


class Token:
    """Tells the attempts of one unit of work from those of every other.

    Attributes:
        is_in_doubt: an earlier attempt may have been made, and its answer is missing.
    """

    def __init__(self) -> None:
        self.is_in_doubt = False

    @cached_property
    def id(self) -> str:
        """No other token has it."""
        return str(ULID())


class Read(NamedTuple, Generic[E]):
    """What is stored of the ids that were asked for, and what is wrong with those that cannot be read, by id."""

    found: Mapping[str, E]
    unreadable: Mapping[str, Unreadable] = _NONE


class Found(NamedTuple, Generic[E]):
    """Entities in the order of a listing, and after which position to go on, if there may be more.

    `unreadable` tells, by id, of those that belong here and cannot be read.
    """

    items: tuple[E, ...]
    after: str | None
    unreadable: Mapping[str, Unreadable] = _NONE


class Store(ABC):
    """Keeps the entities of all kinds. A repository and a unit of work, written once, stand on top of it.

    They check every argument before they call: ids, limits, kinds, listings and cursors are valid, and ids are distinct.

    Every method may raise `Unavailable` or `Misconfigured`, and no other error but those it names. It ends by the
    deadline of `usecases.kernel.deadline`: nothing begins within the buffer, and nobody waits longer. Of a write that
    may have been made nevertheless, `Unavailable` says so with `maybe_applied`.
    """

    name: ClassVar[str]
    """What errors call it."""

    @abstractmethod
    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        """The entities of any number of ids, those left out that are not there; with `consistent`, as of now.

        Raises:
            PartialFailure: there was no answer about these ids.
        """

    @abstractmethod
    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        """Makes all changes and keeps their events, or makes none; returns the changes as they were made.

        A change is made only if `Change.obstacle` finds nothing in its way. An addition under an id that was used before
        is made as `Change.after` says. The events leave for the bus later, or now; but nothing that goes wrong after the
        changes were made raises an error.

        Without a token there is one change. With a token there may be up to 100, and the call may be repeated: it
        then makes sure of the same changes, and never makes them twice. If `token.is_in_doubt`, `TransactionFailed` is
        raised only when it is certain that they were never made, and else `Unavailable` with `maybe_applied`.

        Raises:
            TransactionFailed: none was made; names every change that something is in the way of.
            TooLarge: the store cannot hold it.
        """

    @abstractmethod
    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        """At most `limit` entities that `query` means, beyond the position `after`; fewer if more would take too long.

        Every entity that stays where it is from the first call to the last, each with the `after` of the one before, is
        found once.

        Raises:
            PartialFailure: there was no answer about these ids.
        """

    @abstractmethod
    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        """Stores whole entities at the versions they have, whatever is there.

        Raises:
            PartialFailure: those of these ids may be missing; all the others were stored.
            TooLarge: the store cannot hold one of them; none was stored.
        """

    @abstractmethod
    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        """Removes the entities that are there.

        Raises:
            PartialFailure: those of these ids may still be there; all the others are gone.
        """

    def get(self, kind: type[E], id: str, *, consistent: bool) -> E:
        """The stored entity.

        Raises:
            NotFound: nothing is stored under `id`.
            InvalidArgument: no entity can have that id.
            Unreadable: what is stored breaks a rule of this release.
        """
        require_id(id)
        found, unreadable = self.in_time().read(kind, [id], consistent=consistent)
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
