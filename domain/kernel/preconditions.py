"""What is asked of a call before any store is. All raise InvalidArgument."""

import re
from typing import Any

from domain.kernel.entity import Entity
from domain.kernel.entity import listings_of
from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from domain.kernel.listing import Query
from domain.kernel.repository import MAX_PAGE
from domain.kernel.text import ID_PATTERN
from domain.kernel.text import MAX_ID

_ID = re.compile(ID_PATTERN.removesuffix("$") + r"\Z")


def require_kind(kind: type[Any], entity: Entity) -> None:
    """`entity` is of `kind`, and not of a subclass, which a store that keeps fields would give back as its base."""
    if type(entity) is not kind:
        raise InvalidArgument("entity", f"must be a {kind.__name__}, not a {type(entity).__name__}")


def require_new(kind: type[Any], entity: Entity, events: tuple[Event, ...] = ()) -> None:
    """`entity` is of `kind` and was never stored, and `events` are about its first write."""
    require_kind(kind, entity)
    if entity.version != 0:
        raise InvalidArgument("version", f"must be 0 for an entity to be added, not {entity.version}")
    _require_about(entity, events)


def require_stored(kind: type[Any], entity: Entity, events: tuple[Event, ...] = ()) -> None:
    """`entity` is of `kind` and has been stored, and `events` are about its next write."""
    require_kind(kind, entity)
    if entity.version == 0:
        raise InvalidArgument("version", "must be above 0: this entity was never stored")
    _require_about(entity, events)


def require_id(id: str) -> None:
    """`id` is one that an entity can have."""
    if not _ID.match(id):
        raise InvalidArgument("id", f"must be 1 to {MAX_ID} characters of 0-9, A-Z, a-z, _ and -, not {id!r:.80}")


def require_limit(limit: int) -> None:
    """`limit` is one that a page can have."""
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidArgument("limit", f"must be 1 to {MAX_PAGE}, not {limit}")


def require_listing(kind: type[Any], query: Query) -> None:
    """`query` is of a listing that `kind` has."""
    if query.listing not in listings_of(kind):
        raise InvalidArgument("query", f"must be of a listing of {kind.__name__}, not of {query.listing.name}")


def _require_about(entity: Entity, events: tuple[Event, ...]) -> None:
    for event in events:
        if type(event) is Event:
            raise InvalidArgument("events", f"{event.type} must be of a type of its own, not a bare Event")
        if (event.aggregate_id, event.version) != (entity.id, entity.version + 1):
            raise InvalidArgument(
                "events", f"{event.type} must be about {entity.id} at version {entity.version + 1}, the entity written"
            )
