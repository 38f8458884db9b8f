"""A queue is given every event, in order per aggregate, and keeps a repeat out."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from pydantic import Field

from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from infrastructure import settings
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.log import LogEventBus
from tests.docs.recipes.sqs import SQSEventBus
from tests.docs.recipes.sqs import create_bus
from tests.kernel.builders.events import Happened
from tests.kernel.builders.events import events
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.moto import moto

SOURCE = "team-service"
ATTRIBUTES = {"FifoQueue": "true", "VisibilityTimeout": "0"}


class Settings(settings.Settings):
    event_bus: str = Field(default="log", pattern=r"^(log|sqs:https://\S+)$", description="Where committed events go.")


@pytest.fixture
def sqs(monkeypatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "moto")
    with moto():
        yield boto3.client("sqs", "eu-west-1")


@pytest.fixture
def queue(sqs) -> str:
    return str(sqs.create_queue(QueueName="events.fifo", Attributes=ATTRIBUTES)["QueueUrl"])


def received(sqs: Any, queue: str) -> list[Any]:
    """The envelopes in the queue, which are taken out."""
    found = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def a_story(length: int) -> list[Event]:
    specimen = a_specimen()
    return [events(Happened, specimen.at_version(version)) for version in range(length)]


def test_every_event_is_in_the_queue_in_order(sqs, queue):
    told = [event for pair in zip(a_story(15), a_story(15), strict=True) for event in pair]

    SQSEventBus(sqs, queue, SOURCE).publish(*told)

    assert received(sqs, queue) == [cloud_event(event, SOURCE) for event in told]


def test_an_event_that_is_published_again_is_in_the_queue_once(sqs, queue):
    told = a_story(3)
    bus = SQSEventBus(sqs, queue, SOURCE)

    bus.publish(*told)
    bus.publish(*told)

    assert received(sqs, queue) == [cloud_event(event, SOURCE) for event in told]


def test_what_the_queue_does_not_take_is_told_and_what_comes_after_is_not_sent(sqs):
    first, second = a_story(2)
    refused = {"Id": "0", "SenderFault": False, "Code": "InternalError"}

    with Stubber(sqs) as answers, pytest.raises(Unavailable, match="InternalError"):
        answers.add_response("send_message_batch", {"Successful": [], "Failed": [refused]})
        SQSEventBus(sqs, "https://sqs.invalid/events.fifo", SOURCE).publish(first, second)


def test_the_setting_selects_the_queue_or_another_bus(sqs, queue):
    told = a_story(2)

    create_bus(Settings(event_bus=f"sqs:{queue}", aws_region="eu-west-1")).publish(*told)

    assert received(sqs, queue) == [cloud_event(event, SOURCE) for event in told]
    assert isinstance(create_bus(Settings()), LogEventBus)
