"""Sponsors, served and told of by functions that are made of the zip."""

import json
import threading

import pytest

from domain.sponsor import SponsorCreated
from infrastructure.kernel.aws import create_aws_client
from infrastructure.settings import Settings
from tests.builders.sponsors import a_sponsor
from tests.kernel.builders.events import events
from tests.kernel.infrastructure.aws_lambda.test_api import a_request
from tests.kernel.infrastructure.aws_lambda.test_api import told
from tests.kernel.infrastructure.aws_lambda.test_relay import inserted
from tests.kernel.infrastructure.dynamodb.proxy import answer_after
from tests.kernel.infrastructure.dynamodb.proxy import answer_whole
from tests.kernel.infrastructure.dynamodb.proxy import close_before_forwarding
from tests.kernel.infrastructure.dynamodb.proxy import never_answer
from tests.kernel.infrastructure.dynamodb.proxy import running
from tests.lambda_zip.fixtures import HANDLERS
from tests.lambda_zip.runtime import a_function

FREEZE_SECONDS = 2
"""How long a frozen process is left alone: the time that passes is what is tested."""
PATIENT = {Settings.variable("deadline_buffer_seconds"): "3"}
"""So that a function of six seconds has two of them to answer in, even if the machine pauses."""


def a_change(sponsor, name):
    return a_request("PATCH", f"/sponsors/{sponsor.id}", body=json.dumps({"name": name}))


def test_a_cold_start_answers_and_stores(api, sponsors):
    with api() as function:
        function.started()
        created = function.invoke(a_request("POST", "/sponsors", body='{"name": "Southern Rail"}')).answer

    assert created["statusCode"] == 201
    assert sponsors.get(told(created)["id"], consistent=True).name == "Southern Rail"


def test_a_hundred_warm_calls_are_answered_over_one_connection(api, environment, proxy, stored):
    environment[Settings.variable("dynamodb_read_seconds")] = "30"  # or a pause would cause another
    with api() as function:
        function.started()
        answers = [function.invoke(a_request(path=f"/sponsors/{stored.id}")).answer for _ in range(100)]

    assert [told(answer)["name"] for answer in answers] == ["Southern Rail"] * 100
    assert len(proxy.connections) == 1


@pytest.mark.parametrize("read_seconds", ["4", "30"], ids=["not-repeated", "given-up"])
def test_a_write_that_the_deadline_overtakes_is_in_doubt_and_sent_once(
    api, environment, proxy, sponsors, stored, read_seconds
):
    environment |= {**PATIENT, Settings.variable("dynamodb_read_seconds"): read_seconds}
    with api(timeout_seconds=6) as function:
        function.started()
        proxy.faults = [answer_whole, never_answer]
        changed = function.invoke(a_change(stored, "Northern Rail")).answer
        read = function.invoke(a_request(path=f"/sponsors/{stored.id}")).answer

    assert (changed["statusCode"], told(changed)["maybe_applied"]) == (503, True)
    assert sponsors.get(stored.id, consistent=True).name == told(read)["name"] == "Northern Rail"
    assert proxy.forwarded == ["GetItem", "UpdateItem", "GetItem"]


def test_a_write_that_it_is_too_late_for_is_not_made_and_can_be_repeated(api, environment, proxy, sponsors, stored):
    environment |= {**PATIENT, Settings.variable("dynamodb_read_seconds"): "30"}
    with api(timeout_seconds=6) as function:
        function.started()
        proxy.faults = [answer_after(3.1)]
        refused = function.invoke(a_change(stored, "Northern Rail")).answer
        unchanged = sponsors.get(stored.id, consistent=True)
        repeated = function.invoke(a_change(stored, "Northern Rail")).answer

    assert (refused["statusCode"], told(refused)["maybe_applied"]) == (503, False)
    assert unchanged == stored
    assert told(repeated)["version"] == 2


@pytest.mark.parametrize("fault", [answer_whole, never_answer], ids=["closed", "forgotten"])
def test_after_a_freeze_a_stale_connection_is_no_error_and_a_change_is_made_once(api, proxy, sponsors, stored, fault):
    with api() as function:
        function.started()
        function.invoke(a_change(stored, "Northern Rail"))
        function.freeze()
        if fault is answer_whole:
            proxy.hang_up()
        threading.Event().wait(FREEZE_SECONDS)
        function.thaw()
        proxy.faults = [answer_whole, fault]
        changed = function.invoke(a_change(stored, "Eastern Rail")).answer

    assert (changed["statusCode"], told(changed)["version"]) == (200, 3)
    assert sponsors.get(stored.id, consistent=True).name == "Eastern Rail"


@pytest.fixture
def bus(settings):
    """The way to the bus of EventBridge."""
    with running(settings.dynamodb_endpoint) as proxy:
        create_aws_client("events", "EventBridge", region="eu-west-1", endpoint=proxy.address).create_event_bus(
            Name="b"
        )
        yield proxy


def test_what_a_failing_bus_does_not_take_is_asked_for_again_until_it_does(package, environment, bus):
    happened = [events(SponsorCreated, a_sponsor(), name="Southern Rail") for _ in range(3)]
    records = {"Records": [inserted(number, event) for number, event in enumerate(happened)]}
    relaying = {
        **environment,
        Settings.variable("event_bus"): "eventbridge:b",
        "AWS_ENDPOINT_URL_EVENTBRIDGE": bus.address,
    }

    with a_function(package, HANDLERS["relay"], relaying) as function:
        function.started()
        bus.faults = [close_before_forwarding] * 1000
        bus.bodies.clear()
        failed = [function.invoke(records) for _ in range(2)]
        bus.faults.clear()
        carried = function.invoke(records)
        log = function.log()

    first = {"itemIdentifier": records["Records"][0]["dynamodb"]["SequenceNumber"]}
    assert [each.answer for each in failed] == [{"batchItemFailures": [first]}] * 2
    assert carried.answer == {"batchItemFailures": []}
    entries = [entry for body in bus.bodies for entry in json.loads(body)["Entries"]]
    assert [json.loads(entry["Detail"])["id"] for entry in entries] == [event.event_id for event in happened]
    errors = [line["requestId"] for line in log if line["level"] == "ERROR"]
    assert errors == [each.request_id for each in failed]
