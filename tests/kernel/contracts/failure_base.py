"""Processes of a service under failure: every call there is, what became of it, and what the bus was told."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest

from domain.kernel.entity import Entity
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.repository import Everything
from infrastructure.kernel.events.memory import InMemoryEventBus
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate

Call = Callable[[Container, Crate], Any]


def _commit(process: Container, stored: Crate) -> None:
    with process.unit_of_work() as work:
        work.of(Crate).save(renamed(stored))
        work.of(Crate).add(a_crate())
        work.commit()


WRITES: Mapping[str, Call] = {
    "add": lambda process, _: process.crates().add(a_crate()),
    "save": lambda process, stored: process.crates().save(renamed(stored)),
    "save with an event": lambda process, stored: process.crates().save(renamed(stored), an_event(stored)),
    "remove": lambda process, stored: process.crates().remove(stored),
    "remove with an event": lambda process, stored: process.crates().remove(stored, an_event(stored)),
    "commit": _commit,
    "put_many": lambda process, _: process.crates().put_many([a_crate()]),
    "remove_many": lambda process, stored: process.crates().remove_many([stored.id]),
}
READS: Mapping[str, Call] = {
    "get": lambda process, stored: process.crates().get(stored.id),
    "consistent get": lambda process, stored: process.crates().get(stored.id, consistent=True),
    "get_many": lambda process, stored: process.crates().get_many([stored.id]),
    "page": lambda process, _: process.crates().page(Everything(), limit=10),
    "read in a unit of work": lambda process, stored: process.unit_of_work().of(Crate).get(stored.id),
}
CALLS: Mapping[str, Call] = {**WRITES, **READS}


def outcome(call: Callable[..., Any], *args: Any) -> Any:
    """What the call returned, or raised."""
    try:
        return call(*args)
    except Exception as exc:  # noqa: BLE001  # the test looks at it
        return exc


def outcomes(process: Container, calls: Mapping[str, Call], stored: Mapping[str, Crate]) -> dict[str, Any]:
    """What became of each call, by its name; each is about a stored crate of its own."""
    return {name: outcome(call, process, stored[name]) for name, call in calls.items()}


def one_each(process: Container) -> dict[str, Crate]:
    """A stored crate for each call."""
    return {name: process.crates().add(a_crate()) for name in CALLS}


def unless_unavailable(outcomes: Mapping[str, Any], *, maybe_applied: bool) -> dict[str, str]:
    """The outcomes, by the names of the calls, that are not `Unavailable`, or say something else of the change."""
    return {
        name: repr(outcome)
        for name, outcome in outcomes.items()
        if not (isinstance(outcome, Unavailable) and outcome.maybe_applied == maybe_applied)
    }


def told(process: Container, about: Entity) -> list[Event]:
    """The events about an entity that have reached the bus of a process, each where it came first."""
    published = bus_of(process).published
    return list(dict.fromkeys(event for event in published if event.aggregate_id == about.id))


def bus_of(process: Container) -> InMemoryEventBus:
    bus = process.event_bus()
    assert isinstance(bus, InMemoryEventBus)
    return bus


@contextmanager
def refusing(process: Container, *refused: Event) -> Iterator[None]:
    """The bus fails whenever it is handed one of these events; if there are none, always."""
    publish = bus_of(process).publish

    def perhaps(*events: Event) -> None:
        if not refused or set(refused) & set(events):
            raise RuntimeError("not now")
        publish(*events)

    with patch.object(bus_of(process), "publish", perhaps):
        yield


class Killed(BaseException):
    """The end of a process: nothing in it can do anything about it."""


@contextmanager
def killed_as_it_publishes(process: Container, last: Event, *, taken: bool) -> Iterator[None]:
    """The process ends when it hands `last` to the bus: as soon as that is `taken`, or just before."""
    publish = bus_of(process).publish

    def die(*events: Event) -> None:
        if taken or last not in events:
            publish(*events)
        if last in events:
            raise Killed

    with suppress(Killed), patch.object(bus_of(process), "publish", die):
        yield


class ProcessContract:
    """What the parts of the contract under failure share. A subclass overrides the fixtures that raise here."""

    @pytest.fixture
    def process(self, container: Container) -> Container:
        """The process under test: a container of the tiny service, whose bus is the one in memory."""
        return container

    @pytest.fixture
    def carry(self) -> Callable[[Container], None]:
        """Has the events that wait carried to the bus of a process, as far as it takes them."""
        raise NotImplementedError
