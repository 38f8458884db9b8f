"""Changes to several aggregates that are committed together."""

from abc import ABC
from abc import abstractmethod
from typing import Any
from typing import Generic
from typing import Self

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.events import Event

MAX_CHANGES = 100


class UnitOfWork(ABC):
    """Changes to at most 100 aggregates, of any kinds, all made by `commit` or none.

        with unit_of_work() as work:
            crates = work.of(Crate)
            crate = crates.get(id)
            crates.save(crate.rename(name))
            work.commit()

    Reads are consistent, but not a snapshot. Call `check` for each entity that must not change until the commit.
    Leaving the block without `commit` changes nothing, and ends the unit of work.
    """

    def __init__(self) -> None:
        self._changes: dict[tuple[type[Entity], str], Change[Any]] = {}
        self._reads: dict[tuple[type[Entity], str], Entity] = {}
        self._misses = 0
        self._closed = False
        self._left = False
        self._committed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Forgets what was not committed. A commit that was called can be called again."""
        self._left = self._left or not self._closed
        self._closed = True

    def of(self, kind: type[E]) -> "Aggregates[E]":
        """The aggregates of `kind`.

        Raises:
            TypeError: `kind` has no repository.
        """
        return Aggregates(self, kind)

    def commit(self) -> None:
        """Makes every change, or none. Called again, it makes sure of the same changes and never makes them twice.

        Raises:
            TransactionFailed: nothing was changed; names every entity that stood in the way, and why.
            TooLarge: the store cannot hold it in one piece.
            Unavailable: with `maybe_applied`, call `commit` again on this unit of work to find out.
            InvalidArgument: the block was left without a commit.
        """
        if self._left:
            raise InvalidArgument("unit of work", "was left without a commit; begin another one")
        self._closed = True
        if not self._committed and self._changes:
            self._write(tuple(self._changes.values()))
        self._committed = True

    def confirm(self) -> None:
        """Makes sure, instead of the changes, that everything is still stored as it was read.

        Entities are read one after the other, so a rule over several of them may look broken that never was, and one of
        them may seem to be missing. One that was read alone needs no second look; of more than 100 nothing can be said.

        Raises:
            TransactionFailed: some of it was changed or removed since; names each.
        """
        self._changes.clear()
        was_read_alone = len(self._reads) + self._misses < 2
        if self._reads and not self._closed and not was_read_alone and len(self._reads) <= MAX_CHANGES:
            for (kind, _), entity in self._reads.items():
                self.buffer(Change.check(kind, entity))
            self.commit()

    def remember(self, entity: Entity) -> None:
        """Keeps what `confirm` compares with: an entity as it was first read."""
        self._reads.setdefault((type(entity), entity.id), entity)

    def remember_missing(self) -> None:
        """Keeps in mind that an entity was looked for, and not found."""
        self._misses += 1

    def buffer(self, change: Change[Any]) -> None:
        """Keeps `change` until `commit`.

        Raises:
            InvalidArgument: it is the 101st, the entity has a change already, `commit` has been called, or the block left.
        """
        key = (type(change.entity), change.entity.id)
        if self._closed:
            raise InvalidArgument(
                "unit of work", "takes no change after a commit, or after its block; begin another one"
            )
        if key in self._changes:
            raise InvalidArgument("unit of work", f"has a change of {key[0].__name__} {key[1]} already")
        if len(self._changes) == MAX_CHANGES:
            raise InvalidArgument("unit of work", f"must have at most {MAX_CHANGES} changes")
        self._changes[key] = change

    @abstractmethod
    def read(self, kind: type[E], id: str) -> E:
        """A consistent read of the store, which ignores changes that are not committed."""

    @abstractmethod
    def _write(self, changes: tuple[Change[Any], ...]) -> None:
        """Makes all of `changes` or none."""


class Aggregates(Generic[E]):
    """The aggregates of one kind in a unit of work. Reads go through; writes wait for the commit."""

    def __init__(self, work: UnitOfWork, kind: type[E]) -> None:
        self._work = work
        self._kind = kind

    def get(self, id: str) -> E:
        """The stored entity, read consistently.

        Raises:
            NotFound: nothing is stored under `id`.
        """
        try:
            entity = self._work.read(self._kind, id)
        except NotFound:
            self._work.remember_missing()
            raise
        self._work.remember(entity)
        return entity

    def add(self, entity: E, *events: Event) -> E:
        """Will store a new entity; returns it at version 1.

        If its id was used before, the commit stores it, and its events, at a higher version, as `Repository.add` does.
        Read it again to know which.
        """
        return self._buffer(Change.add(self._kind, entity, events))

    def save(self, entity: E, *events: Event) -> E:
        """Will store a changed entity; returns it as it will be."""
        return self._buffer(Change.save(self._kind, entity, events))

    def remove(self, entity: E, *events: Event) -> None:
        """Will remove the entity."""
        self._buffer(Change.remove(self._kind, entity, events))

    def check(self, entity: E) -> None:
        """Will fail the commit if the entity is no longer stored at its version; changes nothing."""
        self._buffer(Change.check(self._kind, entity))

    def _buffer(self, change: Change[E]) -> E:
        self._work.buffer(change)
        return change.stored
