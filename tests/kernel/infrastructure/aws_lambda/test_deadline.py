"""Handlers keep to the time that Lambda gives an invocation."""

from typing import Any
from typing import ClassVar

import pytest
from dependency_injector.providers import Factory

from domain.kernel.events import Event
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.aws_lambda.consumers import create_consumers_handler
from infrastructure.kernel.aws_lambda.invocation import invoked
from infrastructure.kernel.aws_lambda.relay import create_relay_handler
from infrastructure.kernel.events.cloud_events import cloud_event
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import an_event
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.infrastructure.aws_lambda.test_relay import inserted
from tests.kernel.service.container import Container
from tests.kernel.service.settings import SOURCE
from tests.kernel.service.settings import Settings
from usecases.kernel.consumers import Consumer
from usecases.kernel.deadline import Deadline
from usecases.kernel.deadline import deadline


class Look(Consumer):
    """Keeps the deadline that it sees."""

    name = "look"
    handles = (Happened,)
    seen: ClassVar[list[Deadline | None]] = []

    def apply(self, event: Event, work: UnitOfWork) -> None:
        self.seen.append(deadline())


class Watched(Container):
    """A service with that consumer."""

    look = Factory(Look, Container.unit_of_work.provider, Container.now.provider)


def test_an_invocation_has_the_time_that_lambda_leaves_it_and_the_buffer_of_the_settings():
    handler = invoked(lambda payload: deadline(), Settings(deadline_buffer_seconds=7))

    here = handler({}, Invocation(seconds=1000))

    assert here is not None
    assert here.buffer == 7
    assert 990 < here.seconds_left() + 3.5 <= 1000
    assert deadline() is None


def test_the_relay_hands_nothing_over_when_it_is_too_late_and_is_called_again():
    container = Container()
    container.settings.override(Settings(event_bus="memory"))
    records = [inserted(number, an_event(a_specimen())) for number in range(2)]

    answer = create_relay_handler(container)({"Records": records}, Invocation(seconds=0.5))

    assert answer["batchItemFailures"] == [{"itemIdentifier": records[0]["dynamodb"]["SequenceNumber"]}]
    assert container.event_bus().published == []  # type: ignore[attr-defined]  # the one that keeps events


def test_a_consumer_has_the_deadline_of_its_invocation():
    container = Watched()
    container.settings.override(Settings(event_bus="memory"))
    happened = events(Happened, a_specimen(), what="Greetings")

    create_consumers_handler(container)({"detail": cloud_event(happened, SOURCE)}, Invocation(seconds=1000))

    [here] = Look.seen
    assert here is not None
    assert 990 < here.seconds_left() < 1000


def test_nothing_is_left_of_the_deadline_of_an_invocation_that_failed():
    def fail(payload: Any) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        invoked(fail, Settings())({}, Invocation())

    assert deadline() is None
