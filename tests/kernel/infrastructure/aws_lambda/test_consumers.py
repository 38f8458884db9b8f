"""The handler of a rule of EventBridge: who is given the event that Lambda brings, and how often."""

from typing import Any

import pytest
from dependency_injector.providers import Factory

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.events import Event
from domain.kernel.repository import Everything
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.events.cloud_events import cloud_event
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.settings import SOURCE
from tests.kernel.service.settings import Settings
from usecases.kernel.consumers import Consumer


class Greet(Consumer):
    """Adds a crate with the name of what happened."""

    name = "greet"
    handles = (Happened,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        assert isinstance(event, Happened)
        work.of(Crate).add(Crate(id=event.event_id, name=event.what))


class Count(Consumer):
    """Renames the crate that it happened to."""

    name = "count"
    handles = (Happened,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        counted = work.of(Crate).get(event.aggregate_id)
        work.of(Crate).save(counted.rename(f"{counted.name} once"))


class Extended(Container):
    """A service with consumers of the tests' own."""

    greet = Factory(Greet, Container.unit_of_work.provider, Container.now.provider)
    count = Factory(Count, Container.unit_of_work.provider, Container.now.provider)


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    container = Extended()
    container.settings.override(Settings(persistence="memory", event_bus="memory"))
    return container


@pytest.fixture
def counter(container) -> Crate:
    return container.crates().add(Crate(id="counter", name="Counted"))


@pytest.fixture
def happened(counter) -> Happened:
    return events(Happened, counter, what="Greetings")


def delivery(detail: Any) -> dict[str, Any]:
    """What Lambda is given by a rule."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Happened",
        "source": "as-the-bus-has-it",
        "account": "123456789012",
        "time": "2026-01-31T12:30:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": detail,
    }


def crates_of(container: Container) -> list[tuple[str, int]]:
    """The names and versions of those that are stored."""
    return [(crate.name, crate.version) for crate in container.crates().page(Everything(), limit=9).items]


def test_every_consumer_that_is_interested_is_given_the_event(container, happened):
    handle = create_consumers_handler(container)

    handle(delivery(cloud_event(happened, SOURCE)), Invocation())

    assert crates_of(container) == [("Counted once", 2), ("Greetings", 1)]


def test_an_event_that_arrives_again_is_handled_once(container, happened):
    handle, handle_in_another_process = (
        create_consumers_handler(container),
        create_consumers_handler(container),
    )

    for each in (handle, handle, handle_in_another_process):
        each(delivery(cloud_event(happened, SOURCE)), Invocation())

    assert crates_of(container) == [("Counted once", 2), ("Greetings", 1)]


def test_another_event_of_the_type_is_handled_too(container, counter, happened):
    handle = create_consumers_handler(container)

    handle(delivery(cloud_event(happened, SOURCE)), Invocation())
    handle(delivery(cloud_event(events(Happened, counter, what="Regards"), SOURCE)), Invocation())

    assert crates_of(container) == [("Counted once once", 3), ("Greetings", 1), ("Regards", 1)]


def test_when_a_consumer_has_failed_those_that_have_not_do_nothing_at_the_next_call(container):
    happened = events(Happened, a_specimen().evolve(id="counter"), what="Greetings")
    handle = create_consumers_handler(container)

    for _ in range(2):
        with pytest.raises(NotFound, match="counter"):
            handle(delivery(cloud_event(happened, SOURCE)), Invocation())
    container.crates().add(Crate(id="counter", name="Counted"))
    handle(delivery(cloud_event(happened, SOURCE)), Invocation())

    assert crates_of(container) == [("Counted once", 2), ("Greetings", 1)]


def test_events_that_nobody_is_interested_in_are_passed_over(container, happened):
    handle = create_consumers_handler(container)

    handle(delivery({**cloud_event(happened, SOURCE), "type": "Foreseen"}), Invocation())
    handle(delivery({"type": ["Happened"]}), Invocation())
    handle(delivery({}), Invocation())

    assert crates_of(container) == [("Counted", 1)]


def test_what_a_newer_release_tells_besides_is_passed_over(container, happened):
    envelope = cloud_event(happened, SOURCE)
    newer = {**envelope, "traceparent": "00-0-0-00", "data": {**envelope["data"], "why": "nobody knows"}}

    create_consumers_handler(container)(delivery(newer), Invocation())

    assert crates_of(container) == [("Counted once", 2), ("Greetings", 1)]


@pytest.mark.parametrize("payload", [{}, {"Records": []}, delivery(None), delivery("{}"), delivery([])], ids=repr)
def test_what_has_no_envelope_is_refused(container, payload):
    with pytest.raises(InvalidArgument, match="detail"):
        create_consumers_handler(container)(payload, Invocation())


@pytest.mark.parametrize(
    "broken", [{"data": {"what": 7}}, {"data": ["what"]}, {"time": "at noon"}, {"aggregateversion": 0}], ids=repr
)
def test_an_event_that_breaks_a_rule_is_refused_and_nothing_follows(container, happened, broken):
    handle = create_consumers_handler(container)

    with pytest.raises(InvalidArgument):
        handle(delivery({**cloud_event(happened, SOURCE), **broken}), Invocation())

    assert crates_of(container) == [("Counted", 1)]
