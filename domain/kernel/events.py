"""Domain events: what they are, how they are made, where they go."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from typing import TypeVar
from typing import get_args

from pydantic import Field

from domain.kernel.entity import MAX_VERSION
from domain.kernel.entity import Entity
from domain.kernel.text import Id
from domain.kernel.trace import Trace
from domain.kernel.upcasting import Upcastable

_types: dict[str, type["Event"]] = {}


class Event(Upcastable):
    """Something that happened to an aggregate. A subclass narrows `type` to its own name and adds what happened.

    An event that was committed in an older schema version is read by `upcasters` (see `Upcastable`).

    A committed event carries the trace of the request that wrote it, see `trace_of`. It is no field: equality, hashing
    and rendering do not see it.

    Raises:
        TypeError: when a subclass is made whose `type` is not its own name, or one that another event has.
    """

    __slots__ = ("_trace",)

    event_id: Id
    occurred_at: datetime
    type: str
    aggregate_id: Id
    version: int = Field(
        ge=1, le=MAX_VERSION, description="The version of the aggregate that the event's write produced."
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        name = cls.__name__
        told = cls.model_fields["type"]
        if (*get_args(told.annotation), told.default) != (name, name):
            raise TypeError(f"{name}.type: must be Literal[{name!r}] = {name!r}, by which it is recognised")
        if name in _types:
            raise TypeError(f"{name}: {_types[name].__module__} has an event of that name already")
        _types[name] = cls


def event_types() -> Mapping[str, type[Event]]:
    """Every type of event, by its name: each is known as soon as the module that defines it is imported."""
    return MappingProxyType(_types)


EventT = TypeVar("EventT", bound=Event)


def trace_of(event: Event) -> Trace | None:
    """The trace of the request that wrote `event`; None if it is not known, as of events that older releases stored."""
    try:
        trace: Trace | None = object.__getattribute__(event, "_trace")
    except AttributeError:
        return None
    return trace


def traced(event: EventT, trace: Trace | None) -> EventT:
    """`event` itself, marked as written by a request of that trace. For stores, which have just read it or commit it."""
    object.__setattr__(event, "_trace", trace)
    return event


class EventFactory:
    """Makes events, so that ids and time come from one place and can be fixed in a test."""

    def __init__(self, new_id: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._new_id = new_id
        self._now = now

    def __call__(self, kind: type[EventT], about: Entity, **happened: Any) -> EventT:
        """The event of the next write of `about`."""
        return kind(
            event_id=self._new_id(),
            occurred_at=self._now(),
            aggregate_id=about.id,
            version=about.version + 1,
            **happened,
        )


class EventBus(ABC):
    """Where committed events go.

    Each arrives at least once and in order per aggregate; a repeat has the same `event_id`.
    """

    @abstractmethod
    def publish(self, *events: Event) -> None:
        """Hands over all of `events`, in order. If it raises, all of them will be handed over again.

        Raises:
            Undeliverable: the bus can never take one of them; that one will not be handed over again, the others will.
        """


class HandledEvent(Entity):
    """That an event has been handled, so that a repeat of it is recognised. Its id is made of the event's."""

    until: datetime

    @property
    def expires_at(self) -> datetime:
        return self.until
