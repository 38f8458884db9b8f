"""The client of EventBridge: how it is set up, and what moto makes of what it sends."""

from typing import Any

import boto3
import pytest
from botocore.session import Session
from botocore.stub import Stubber
from ulid import ULID

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws import ATTEMPTS
from infrastructure.kernel.aws import CONNECT_SECONDS
from infrastructure.kernel.aws import READ_SECONDS
from infrastructure.kernel.events.eventbridge import EventBridgeEventBus
from infrastructure.kernel.events.eventbridge import create_eventbridge_bus
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.moto import moto
from tests.kernel.service.settings import Settings

REGION = "eu-west-1"


@pytest.fixture
def clients(monkeypatch):
    """The clients that are made from here on."""
    clients: list[Any] = []
    make = Session.create_client

    def create_client(*args: Any, **options: Any) -> Any:
        clients.append(make(*args, **options))
        return clients[-1]

    monkeypatch.setattr(Session, "create_client", create_client)
    return clients


@pytest.fixture
def own_bus():
    """The ARN of a bus of the test's own."""
    with moto():
        yield boto3.client("events", region_name=REGION).create_event_bus(Name=f"orders-{ULID()}")["EventBusArn"]


def settings_for(bus: str, region: str | None = REGION) -> Settings:
    return Settings(event_bus=f"eventbridge:{bus}", aws_region=region)


@pytest.mark.parametrize("called", ["by its name", "by its ARN"])
def test_a_bus_takes_what_it_is_sent(own_bus, clients, called):
    name = own_bus if called == "by its ARN" else own_bus.rpartition("/")[2]
    bus, entries, answers = create_eventbridge_bus(settings_for(name)), [], []
    hooks = clients[0].meta.events
    hooks.register("before-parameter-build.events.PutEvents", lambda params, **_: entries.extend(params["Entries"]))
    hooks.register("after-call.events.PutEvents", lambda parsed, **_: answers.extend(parsed["Entries"]))

    bus.publish(*(an_event(a_specimen()) for _ in range(12)))

    assert [entry["EventBusName"] for entry in entries] == [name] * 12
    assert len({answer["EventId"] for answer in answers}) == 12


def test_connections_are_kept_alive_calls_tried_again_and_nothing_waited_for_long(clients):
    with moto():
        create_eventbridge_bus(settings_for("default"))

    [client] = clients
    assert client.meta.region_name == REGION
    assert client.meta.config.tcp_keepalive is True
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}
    assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (CONNECT_SECONDS, READ_SECONDS)


def test_the_region_is_that_of_the_environment_unless_it_is_set(nothing_set, clients):
    nothing_set.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    with moto():
        create_eventbridge_bus(settings_for("default", region=None))

    assert [client.meta.region_name for client in clients] == ["eu-central-1"]


def test_a_bus_that_does_not_exist_is_a_wrong_setup():
    with moto(), pytest.raises(Misconfigured, match="there is no event bus ordres"):
        create_eventbridge_bus(settings_for("ordres"))


def test_a_bus_that_may_not_be_looked_up_is_trusted_and_warned_of(monkeypatch, caplog):
    client = boto3.client("events", REGION)
    monkeypatch.setattr(Session, "create_client", lambda *_, **__: client)

    with Stubber(client) as answers:
        answers.add_client_error("describe_event_bus", "AccessDeniedException")
        bus = create_eventbridge_bus(settings_for("orders"))

    assert isinstance(bus, EventBridgeEventBus)
    assert "orders" in caplog.text


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("InternalException", Unavailable),
        ("ThrottlingException", Unavailable),
        ("UnrecognizedClientException", Misconfigured),
    ],
)
def test_a_bus_that_cannot_be_looked_up_is_unavailable_if_that_passes_and_else_a_wrong_setup(monkeypatch, code, error):
    client = boto3.client("events", REGION)
    monkeypatch.setattr(Session, "create_client", lambda *_, **__: client)

    with Stubber(client) as answers, pytest.raises(error, match=f"the event bus orders cannot be looked up: .*{code}"):
        answers.add_client_error("describe_event_bus", code)
        create_eventbridge_bus(settings_for("orders"))


def test_no_region_is_a_wrong_setup(nothing_set):
    with pytest.raises(Misconfigured, match="region"):
        create_eventbridge_bus(settings_for("orders", region=None))


@pytest.mark.parametrize("endpoint", ["nonsense", "http://[::1"])
def test_an_endpoint_that_is_no_address_is_a_wrong_setup(nothing_set, endpoint):
    nothing_set.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", endpoint)

    with pytest.raises(Misconfigured, match="EventBridge cannot be called"):
        create_eventbridge_bus(settings_for("orders"))
