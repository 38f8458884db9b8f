"""Kinds whose own code raises, and kinds that no repository keeps: nothing is half written, and no other entity is harmed."""

from datetime import UTC
from datetime import datetime
from typing import Any

import pytest

from domain.kernel.entity import Entity
from domain.kernel.events import HandledEvent
from domain.kernel.repository import Everything
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.memory.repository import InMemoryRepository
from infrastructure.kernel.repository import StoredRepository
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.repositories import InMemoryPersistence

NOON = datetime(2126, 1, 31, 12, tzinfo=UTC)


class Touchy(Entity):
    """Raises, as code of an owner's may, when it is listed by a text that it does not like."""

    text: str

    @property
    def listed_as(self) -> str:
        if self.text == "unlistable":
            raise ZeroDivisionError
        return self.text


class Unkept(Entity):
    """Has no repository."""


@pytest.fixture
def touchies(container: Container) -> StoredRepository[Touchy, Any]:
    persistence: Any = container.persistence()
    base: Any = InMemoryRepository if isinstance(persistence, InMemoryPersistence) else DynamoDBRepository
    kept: Any = type("TouchyRepository", (base,), {"kind": Touchy, "type_name": "TOUCHY"})
    return kept(persistence.store)


def test_an_entity_that_cannot_be_listed_is_not_written(touchies):
    stored = touchies.add(Touchy(id="one", text="fine"))

    for call in (
        lambda: touchies.add(Touchy(id="two", text="unlistable")),
        lambda: touchies.save(stored.evolve(text="unlistable")),
        lambda: touchies.put_many([Touchy(id="three", text="fine"), Touchy(id="four", text="unlistable")]),
    ):
        with pytest.raises(ZeroDivisionError):
            call()

    assert touchies.get_many(["one", "two", "three", "four"]) == [stored]
    assert touchies.page(Everything(), limit=10).items == (stored,)


def test_one_of_several_that_cannot_be_listed_leaves_all_of_a_commit_unmade(container, touchies):
    crate = a_crate()

    with pytest.raises(ZeroDivisionError), container.unit_of_work() as work:
        work.of(Crate).add(crate)
        work.of(Touchy).add(Touchy(id="one", text="unlistable"))
        work.commit()

    assert container.crates().get_many([crate.id]) == []
    assert touchies.get_many(["one"]) == []


def test_a_kind_that_no_repository_keeps_is_refused_by_name(container):
    with pytest.raises(TypeError, match="Unkept has no repository"):
        container.unit_of_work().of(Unkept)


def test_what_consumers_remember_needs_no_repository(container):
    with container.unit_of_work() as work:
        work.of(HandledEvent).add(HandledEvent(id="one", until=NOON))
        work.commit()

    assert container.unit_of_work().of(HandledEvent).get("one").until == NOON
