"""The handler of a rule of EventBridge: who is given the event that Lambda brings, and how often."""

import subprocess
import sys
from typing import Any

import pytest
from dependency_injector.providers import Factory

from domain.errors import InvalidArgument
from domain.errors import NotFound
from domain.events import Event
from domain.repository import Everything
from domain.sponsor import Sponsor
from domain.unit_of_work import UnitOfWork
from infrastructure.aws_lambda import consumers
from infrastructure.container import Container
from infrastructure.events.cloud_events import cloud_event
from infrastructure.settings import Settings
from tests.builders.events import Happened
from tests.builders.events import events
from tests.builders.specimens import a_specimen
from tests.infrastructure.aws_lambda.invocations import Invocation
from usecases.consumers import Consumer

NOT_FOR_LAMBDA = ("infrastructure.http", "infrastructure.cli", "uvicorn", "typer", "rich")


class Greet(Consumer):
    """Adds a sponsor with the name of what happened."""

    name = "greet"
    handles = (Happened,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        assert isinstance(event, Happened)
        work.of(Sponsor).add(Sponsor(id=event.event_id, name=event.what))


class Count(Consumer):
    """Renames the sponsor that it happened to."""

    name = "count"
    handles = (Happened,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        counted = work.of(Sponsor).get(event.aggregate_id)
        work.of(Sponsor).save(counted.rename(f"{counted.name} once"))


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
def counter(container) -> Sponsor:
    return container.sponsors().add(Sponsor(id="counter", name="Counted"))


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


def sponsors_of(container: Container) -> list[tuple[str, int]]:
    """The names and versions of those that are stored."""
    return [(sponsor.name, sponsor.version) for sponsor in container.sponsors().page(Everything(), limit=9).items]


def test_every_consumer_that_is_interested_is_given_the_event(container, happened):
    handle = consumers.create_handler(container)

    handle(delivery(cloud_event(happened)), Invocation())

    assert sponsors_of(container) == [("Counted once", 2), ("Greetings", 1)]


def test_an_event_that_arrives_again_is_handled_once(container, happened):
    handle, handle_in_another_process = consumers.create_handler(container), consumers.create_handler(container)

    for each in (handle, handle, handle_in_another_process):
        each(delivery(cloud_event(happened)), Invocation())

    assert sponsors_of(container) == [("Counted once", 2), ("Greetings", 1)]


def test_another_event_of_the_type_is_handled_too(container, counter, happened):
    handle = consumers.create_handler(container)

    handle(delivery(cloud_event(happened)), Invocation())
    handle(delivery(cloud_event(events(Happened, counter, what="Regards"))), Invocation())

    assert sponsors_of(container) == [("Counted once once", 3), ("Greetings", 1), ("Regards", 1)]


def test_when_a_consumer_has_failed_those_that_have_not_do_nothing_at_the_next_call(container):
    happened = events(Happened, a_specimen().evolve(id="counter"), what="Greetings")
    handle = consumers.create_handler(container)

    for _ in range(2):
        with pytest.raises(NotFound, match="counter"):
            handle(delivery(cloud_event(happened)), Invocation())
    container.sponsors().add(Sponsor(id="counter", name="Counted"))
    handle(delivery(cloud_event(happened)), Invocation())

    assert sponsors_of(container) == [("Counted once", 2), ("Greetings", 1)]


def test_events_that_nobody_is_interested_in_are_passed_over(container, happened):
    handle = consumers.create_handler(container)

    handle(delivery({**cloud_event(happened), "type": "Foreseen"}), Invocation())
    handle(delivery({"type": ["Happened"]}), Invocation())
    handle(delivery({}), Invocation())

    assert sponsors_of(container) == [("Counted", 1)]


def test_what_a_newer_release_tells_besides_is_passed_over(container, happened):
    envelope = cloud_event(happened)
    newer = {**envelope, "traceparent": "00-0-0-00", "data": {**envelope["data"], "why": "nobody knows"}}

    consumers.create_handler(container)(delivery(newer), Invocation())

    assert sponsors_of(container) == [("Counted once", 2), ("Greetings", 1)]


@pytest.mark.parametrize("event", [{}, {"Records": []}, delivery(None), delivery("{}"), delivery([])], ids=repr)
def test_what_has_no_envelope_is_refused(container, event):
    with pytest.raises(InvalidArgument, match="detail"):
        consumers.create_handler(container)(event, Invocation())


@pytest.mark.parametrize(
    "broken", [{"data": {"what": 7}}, {"data": ["what"]}, {"time": "at noon"}, {"aggregateversion": 0}], ids=repr
)
def test_an_event_that_breaks_a_rule_is_refused_and_nothing_follows(container, happened, broken):
    handle = consumers.create_handler(container)

    with pytest.raises(InvalidArgument):
        handle(delivery({**cloud_event(happened), **broken}), Invocation())

    assert sponsors_of(container) == [("Counted", 1)]


def test_the_handler_that_lambda_calls_is_there_once_the_module_is_imported():
    with pytest.raises(InvalidArgument, match="detail"):
        consumers.handler({}, Invocation())


def test_importing_the_handler_imports_no_server_and_no_command_line():
    script = "import sys, infrastructure.aws_lambda.consumers; print(*sys.modules)"

    imported = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()

    assert "infrastructure.aws_lambda.consumers" in imported
    assert [name for name in imported if f"{name}.".startswith(tuple(f"{each}." for each in NOT_FOR_LAMBDA))] == []
