"""What every aggregate is."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any
from typing import ClassVar
from typing import NamedTuple
from typing import Self
from typing import TypeVar

from pydantic import Field

from domain.kernel.errors import InvalidArgument
from domain.kernel.listable import declared_by
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Listing
from domain.kernel.text import Id
from domain.kernel.upcasting import Upcastable
from domain.kernel.upcasting import schema_version

MAX_VERSION = 2**63 - 1

_set = object.__setattr__  # past the freezing, which is for fields


class Entity(Upcastable):
    """Something with an identity: equal ids are the same thing, whatever else differs.

    Behaviour returns a new entity (see `evolve`) and never touches `version`; repositories do. Further listings are
    declared beside the fields (see `Listing`).

    An entity that expires has an `expires_at: datetime | None`, a field or a property: from then on the store may
    remove it by itself, at any time or never. None keeps it for good.

    Changed fields are declared by `upcasters` (see `Upcastable`). `also_stored` names properties that are stored beside
    the fields, for an older release that still runs and has them as fields. `no_longer_stored` names fields that no
    release has any more: every save removes them.

    An entity that was stored carries the id of its life, see `life_of`. It is no field: equality, hashing and rendering
    do not see it.

    Raises:
        TypeError: when a subclass is made whose field `expires_at` is of another type, whose entities cannot be listed as
            it declares, or in which `also_stored` names no property, or `no_longer_stored` something that is stored.
    """

    __slots__ = ("_form", "_life")
    _listings: ClassVar[tuple[Listing, ...]] = (BY_TEXT,)
    also_stored: ClassVar[tuple[str, ...]] = ()
    no_longer_stored: ClassVar[tuple[str, ...]] = ()

    id: Id
    version: int = Field(
        default=0, ge=0, le=MAX_VERSION, description="How many times it has been stored; 0 means never."
    )

    @property
    def listed_as(self) -> str:
        """The text it is listed and searched by. Entities without one are listed by id."""
        return ""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        field = cls.model_fields.get("expires_at")
        if field is not None and field.annotation not in (datetime, datetime | None):
            raise TypeError(f"{cls.__name__}.expires_at: must be `datetime` or `datetime | None`")
        for name in cls.also_stored:
            if not isinstance(getattr(cls, name, None), property):
                raise TypeError(f"{cls.__name__}.also_stored: {name!r} must be a property of {cls.__name__}")
        for name in cls.no_longer_stored:
            if name in (*cls.model_fields, *cls.also_stored) or not name.isidentifier() or name.startswith("_"):
                raise TypeError(f"{cls.__name__}.no_longer_stored: {name!r} must be a former field of {cls.__name__}")
        cls._listings = (BY_TEXT, *declared_by(cls))

    def evolve(self, **changes: Any) -> Self:
        return in_life(super().evolve(**changes), life_of(self))

    def __copy__(self) -> Self:
        return in_life(super().__copy__(), life_of(self))

    def at_version(self, version: int) -> Self:
        """This entity as it is stored at `version`. For repositories; nothing else changes or is validated again.

        Raises:
            InvalidArgument: no entity can have that version.
        """
        if not 0 <= version <= MAX_VERSION:
            raise InvalidArgument("version", f"must be 0 to {MAX_VERSION}, not {version}")
        stored = copy(self)
        stored.__dict__["version"] = version  # what model_copy(update=...) does, at half its price
        return stored


def can_expire(kind: type[Entity]) -> bool:
    """Whether entities of `kind` may have a time from which on the store may remove them."""
    return "expires_at" in kind.model_fields or hasattr(kind, "expires_at")


def expiry(entity: Entity) -> datetime | None:
    """From when on the store may remove `entity`; None if never."""
    until: datetime | None = getattr(entity, "expires_at", None)
    return until


E = TypeVar("E", bound=Entity)


def life_of(entity: Entity) -> str | None:
    """Which life of its id `entity` is a copy of; None if that is not known, as of one that no repository returned.

    A life begins when an entity is added, and ends when it is removed. An id that is added again begins another one.
    """
    try:
        life: str | None = object.__getattribute__(entity, "_life")  # pydantic's own way takes four times as long
    except AttributeError:
        return None
    return life


def in_life(entity: E, life: str | None) -> E:
    """`entity` itself, marked as a copy of that life. For repositories, of an entity that they have just made."""
    _set(entity, "_life", life)
    return entity


class OtherForm(NamedTuple):
    """What is stored of an entity in another schema version than this release's, in the terms of its store."""

    version: int
    stored: Mapping[str, Any]


def other_form(entity: Entity) -> OtherForm | None:
    """In which other schema version `entity` was read; None if in that of this release, or if no store has read it."""
    try:
        form: OtherForm | None = object.__getattribute__(entity, "_form")
    except AttributeError:
        return None
    return form


def of_other_form(entity: E, form: OtherForm) -> E:
    """`entity` itself, marked so. For stores, of an entity that they have just read; no copy of it has the mark."""
    _set(entity, "_form", form)
    return entity


def is_older(entity: Entity) -> bool:
    """Whether `entity` was read in an older schema version than that of this release."""
    form = other_form(entity)
    return form is not None and form.version < schema_version(type(entity))


def listings_of(kind: type[Entity]) -> tuple[Listing, ...]:
    """The listings of `kind`: first the one by text, then those that are declared, in their order."""
    return kind._listings
