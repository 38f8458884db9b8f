"""The port through which every aggregate is stored, and the queries and pages of its listing."""

import operator
from abc import ABC
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from typing import Generic
from typing import TypeVar

from pydantic import Field

from domain.kernel.entity import E
from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Query
from domain.kernel.ordering import ordered
from domain.kernel.text import has_control_characters

MAX_PAGE = 500
MAX_ASKED = 1000
"""How many characters the text of a query may have."""
MAX_CURSOR = 2048
"""How many characters a cursor has at most."""

T = TypeVar("T")


class Everything(Query):
    """All entities, by the text they are listed as, then by id."""

    def __init__(self) -> None:
        super().__init__(BY_TEXT)


class NamePrefix(Query):
    """Entities whose name begins with the text, ignoring case and accents; its first 200 folded characters count.

    Raises:
        InvalidArgument: nothing is left of the text when it is folded, or it has control characters, or more than 1,000.
    """

    def __init__(self, text: str) -> None:
        super().__init__(BY_TEXT, prefix=_asked(text))


class NameContains(Query):
    """Entities whose name contains the text, ignoring case and accents; its first 200 folded characters count.

    Raises:
        InvalidArgument: nothing is left of the text when it is folded, or it has control characters, or more than 1,000.
    """

    def __init__(self, text: str) -> None:
        super().__init__(BY_TEXT, part=_asked(text))


def _asked(text: str) -> str:
    """`text` as it is looked for."""
    if len(text) > MAX_ASKED:
        raise InvalidArgument("query", f"must have at most {MAX_ASKED} characters, not {len(text)}")
    if has_control_characters(text):
        raise InvalidArgument("query", "must not have control characters")
    folded = ordered(text)
    if not folded:
        raise InvalidArgument("query", "must have something left after ignoring case and accents")
    return folded


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of what a query means. It may hold fewer than asked, even none, while there are more.

    `unreadable` has the ids of those that belong here and cannot be read: what is stored breaks a rule of this release.
    """

    items: tuple[T, ...]
    next_cursor: str | None
    unreadable: Annotated[tuple[str, ...], Field(exclude_if=operator.not_)] = ()

    @property
    def has_more(self) -> bool:
        return self.next_cursor is not None


class Repository(ABC, Generic[E]):
    """Stores one kind of aggregate. Every adapter keeps all of these promises; `tests/contracts` holds them to it.

    Every method may also raise `Unavailable` or `Misconfigured`, and all but `page`, `put_many` and `remove_many`
    `Unreadable`. Of an `InvalidArgument` nothing has been written.

    An id and a version never mean two things. An entity whose id was used before goes on counting where the removed one
    ended, so an old version is a `Conflict`. A store may forget that count: a week after the removal, and at once after
    `remove_many` or when an entity has expired. An entity that was read or returned here is a `Conflict` even then,
    because it is known which life of its id it is a copy of.
    """

    kind: type[E]

    @abstractmethod
    def add(self, entity: E, *events: Event) -> E:
        """Stores a new entity and its events in one write; returns it at version 1.

        If its id was used before, it is returned two above the last version, and its events tell that version, too: the
        removal took the one between. A retry after an answer was lost never undoes a removal that was made since.

        Raises:
            AlreadyExists: the id is taken; what is stored is untouched.
            InvalidArgument: the entity has been stored before, or an event is about something else.
            TooLarge: the store cannot hold it.
        """

    @abstractmethod
    def get(self, id: str, *, consistent: bool = False) -> E:
        """The entity, equal to the stored one field by field; with `consistent`, as of the last acknowledged write.

        Raises:
            NotFound: nothing is stored under `id`.
            InvalidArgument: no entity can have that id.
        """

    @abstractmethod
    def get_many(self, ids: Iterable[str]) -> list[E]:
        """The entities of any number of ids, in the order asked, duplicates repeated, missing ones left out.

        Raises:
            PartialFailure: the store did not answer for these ids.
            Unreadable: some of them cannot be read; names them all. Look up the others without them.
            InvalidArgument: no entity can have one of the ids.
        """

    @abstractmethod
    def save(self, entity: E, *events: Event) -> E:
        """Stores a changed entity and its events in one write, if nobody else changed it; returns it one version up.

        Raises:
            Conflict: the stored version is another one, or of an entity that was added or put since; nothing was changed.
            NotFound: it is gone.
            InvalidArgument: the entity was never stored, or an event is about something else.
            TooLarge: the store cannot hold it.
        """

    @abstractmethod
    def remove(self, entity: E, *events: Event) -> None:
        """Removes the entity, if nobody else changed it, and stores its last events in the same write.

        Raises:
            Conflict: as `save`.
            NotFound: it is gone.
            InvalidArgument: the entity was never stored, or an event is about something else.
        """

    @abstractmethod
    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[E]:
        """At most `limit` (1 to 500) entities that `query` means, in the order of its listing, from `cursor` on.

        Following cursors to the end yields exactly once every entity that was listed when the walk began and that
        nobody added, moved or removed meanwhile, whatever else is written. To move is to change a field of the listing.
        One that cannot be read does not harm the others: its id is in `unreadable`.

        Raises:
            InvalidCursor: the cursor is damaged, or of another query or kind.
            InvalidArgument: the limit is out of bounds, or the listing is one of another kind.
        """

    @abstractmethod
    def put_many(self, entities: Iterable[E]) -> None:
        """Backfill: stores any number of whole entities, unconditionally, with no locking, events or atomicity.

        An entity of version 0 is stored at 1, any other at the version it has. The last of duplicates wins.

        Raises:
            PartialFailure: the entities of these ids may not have been stored; all the others were.
        """

    @abstractmethod
    def remove_many(self, ids: Iterable[str]) -> None:
        """Clean-up: removes any number of entities, unconditionally, with no locking, events or atomicity.

        A store may forget the versions of their ids: do not use it for ids that somebody may add again.

        Raises:
            PartialFailure: the entities of these ids may still be there; all the others are gone.
            InvalidArgument: no entity can have one of the ids.
        """
