"""A change of one entity: what repositories and units of work hand to their store."""

from enum import Enum
from os import urandom
from typing import Generic
from typing import NamedTuple
from typing import Self

from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.entity import in_life
from domain.kernel.entity import life_of
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import Failure
from domain.kernel.errors import NotFound
from domain.kernel.events import Event
from domain.kernel.preconditions import require_kind
from domain.kernel.preconditions import require_new
from domain.kernel.preconditions import require_stored


class Action(Enum):
    """What is done to the entity."""

    ADD = "add"
    SAVE = "save"
    REMOVE = "remove"
    CHECK = "check"


class Change(NamedTuple, Generic[E]):
    """What is done to an entity, with which events, and what is stored of it afterwards.

    A store makes it only under the condition that the repository's method of that name promises. An entity is stored as
    it was read if version and life are the same, see `is_of`.
    """

    action: Action
    entity: E
    events: tuple[Event, ...]
    stored: E

    @classmethod
    def add(cls, kind: type[E], entity: E, events: tuple[Event, ...]) -> Self:
        """Stores a new entity, and begins a life."""
        require_new(kind, entity, events)
        return cls(Action.ADD, entity, events, in_life(entity.at_version(1), _new_life()))

    @classmethod
    def save(cls, kind: type[E], entity: E, events: tuple[Event, ...]) -> Self:
        """Stores an entity that has been stored before."""
        require_stored(kind, entity, events)
        return cls(Action.SAVE, entity, events, entity.at_version(entity.version + 1))

    @classmethod
    def remove(cls, kind: type[E], entity: E, events: tuple[Event, ...]) -> Self:
        """Removes an entity; nothing of it is stored afterwards."""
        require_stored(kind, entity, events)
        return cls(Action.REMOVE, entity, events, entity)

    @classmethod
    def check(cls, kind: type[E], entity: E) -> Self:
        """Leaves an entity as it is stored, and minds that it is."""
        require_stored(kind, entity)
        return cls(Action.CHECK, entity, (), entity)

    def obstacle(self, version: int | None, life: str | None) -> Failure | None:
        """What is in its way where an entity of that version and life is stored, or none, if `version` is None."""
        kind, id = type(self.entity).__name__, self.entity.id
        if self.action is Action.ADD:
            return None if version is None else Failure(kind, id, AlreadyExists(kind, id))
        if version is None:
            return Failure(kind, id, NotFound(kind, id))
        if version != self.entity.version or not is_of(self.entity, life):
            return Failure(kind, id, Conflict(kind, id, expected=self.entity.version, found=version))
        return None

    def after(self, version: int) -> Self:
        """The same addition under an id whose last entity was removed at `version`: it goes on counting from there."""
        stored = in_life(self.entity.at_version(version + 1), life_of(self.stored))
        return self._replace(stored=stored, events=tuple(event.evolve(version=stored.version) for event in self.events))


def as_put(kind: type[E], entity: E) -> E:
    """What `put_many` stores of an entity: it begins a life, because it has nothing to do with what it replaces."""
    require_kind(kind, entity)
    return in_life(entity.at_version(entity.version or 1), _new_life())


def is_of(entity: Entity, life: str | None) -> bool:
    """Whether `entity` is a copy of that life, or may be, because its own is not known."""
    return life_of(entity) in (None, life)


def _new_life() -> str:
    return urandom(8).hex()
