"""Whose events a consumer is given: two services may have events of one type, and of one id."""

from typing import ClassVar

import pytest
from dependency_injector.providers import Factory

from domain.kernel.events import Event
from domain.kernel.repository import Everything
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.events.cloud_events import cloud_event
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import events
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.settings import Settings
from usecases.kernel.consumers import Consumer

OURS, THEIRS = Settings.service, "another-service"


class Greet(Consumer):
    """Adds a crate with the name of what happened."""

    name = "greet"
    handles = (Happened,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        assert isinstance(event, Happened)
        work.of(Crate).add(Crate(id=f"{self.name}-{event.version}", name=f"{self.name} {event.what}"))


class GreetOthers(Greet):
    """The same, of another service."""

    name = "greet-others"
    source: ClassVar[str | None] = THEIRS


class Extended(Container):
    greet = Factory(Greet, Container.unit_of_work.provider, Container.now.provider)
    greet_others = Factory(GreetOthers, Container.unit_of_work.provider, Container.now.provider)


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    container = Extended()
    container.settings.override(Settings(event_bus="memory"))
    return container


def names(container: Container) -> list[str]:
    return [crate.name for crate in container.crates().page(Everything(), limit=9).items]


@pytest.mark.parametrize(
    ("source", "greeted"),
    [(OURS, ["greet Greetings"]), (THEIRS, ["greet-others Greetings"]), ("a-third-service", []), (None, [])],
)
def test_a_consumer_is_given_the_events_of_the_service_that_it_names_which_by_default_is_its_own(
    container, source, greeted
):
    envelope = cloud_event(events(Happened, a_crate(), what="Greetings"), OURS) | {"source": source}

    create_consumers_handler(container)({"detail": envelope}, Invocation())

    assert names(container) == greeted


def test_an_event_of_another_service_never_makes_one_of_the_same_id_look_handled(container):
    theirs = events(Happened, a_crate(), what="theirs")
    ours = events(Happened, a_crate(), what="ours").evolve(event_id=theirs.event_id)
    handle = create_consumers_handler(container)

    handle({"detail": cloud_event(theirs, THEIRS)}, Invocation())
    handle({"detail": cloud_event(ours, OURS)}, Invocation())

    assert names(container) == ["greet ours", "greet-others theirs"]
