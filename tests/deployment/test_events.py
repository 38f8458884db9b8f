"""What an endpoint creates can be read, and its event arrives on the bus, by way of the stream and the relay."""

import json
from collections.abc import Callable
from collections.abc import Iterator

import pytest

from infrastructure.settings import Settings
from tests.deployment.api import CREATING
from tests.deployment.api import eventually
from tests.deployment.api import named

NAME = "everything"


@pytest.fixture(scope="module")
def arrived(cloud, stack) -> Iterator[Callable[[], str]]:
    """All that has arrived on the bus so far."""
    sqs = cloud.aws.session.client("sqs", endpoint_url=cloud.address)
    events = cloud.aws.session.client("events", endpoint_url=cloud.address)
    bus = stack.outputs["BusName"]
    url = sqs.create_queue(QueueName=NAME)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=NAME, EventBusName=bus, EventPattern=json.dumps({"source": [Settings.service]}))
    events.put_targets(Rule=NAME, EventBusName=bus, Targets=[{"Id": NAME, "Arn": arn}])
    bodies: list[str] = []

    def arrived() -> str:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        bodies.extend(message["Body"] for message in received.get("Messages", ()))
        return "\n".join(bodies)

    yield arrived
    events.remove_targets(Rule=NAME, EventBusName=bus, Ids=[NAME])
    events.delete_rule(Name=NAME, EventBusName=bus)


@pytest.mark.parametrize("endpoint", CREATING, ids=named)
def test_what_is_created_can_be_read_where_the_answer_says(api, everything, endpoint):
    created = api.try_out(endpoint, everything)

    read = api.call("GET", created.headers["location"], everything)

    assert (created.status_code, read.status_code) == (endpoint.status, 200)
    assert read.json() == created.json()
    assert read.headers["etag"] == created.headers["etag"]


@pytest.mark.parametrize("endpoint", CREATING, ids=named)
def test_the_event_of_what_is_created_arrives_on_the_bus(api, everything, arrived, endpoint):
    created = api.create(endpoint, everything)

    eventually(arrived, lambda bodies: created["id"] in bodies)
