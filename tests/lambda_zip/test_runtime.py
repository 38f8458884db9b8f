"""The handlers, run from the zip by the runtime client of AWS, as Lambda runs them."""

import json
import re
from threading import Event

import pytest

from domain.sponsor import SponsorCreated
from infrastructure.aws import create_aws_client
from infrastructure.settings import PREFIX
from tests.builders.events import events
from tests.builders.sponsors import a_sponsor
from tests.faults.processes import a_container
from tests.infrastructure.aws_lambda.test_api import an_event
from tests.infrastructure.aws_lambda.test_api import told
from tests.infrastructure.aws_lambda.test_relay import inserted
from tests.infrastructure.dynamodb.proxy import answer_after
from tests.infrastructure.dynamodb.proxy import answer_whole
from tests.infrastructure.dynamodb.proxy import close_before_forwarding
from tests.infrastructure.dynamodb.proxy import never_answer
from tests.infrastructure.dynamodb.proxy import running
from tests.lambda_zip.runtime import Ended
from tests.lambda_zip.runtime import TimedOut
from tests.lambda_zip.runtime import a_function

FREEZE_SECONDS = 2
"""How long a frozen process is left alone: the time that passes is what is tested."""


@pytest.fixture
def sponsors(settings):
    """What is stored, as another process sees it."""
    return a_container(settings).sponsors()


@pytest.fixture
def stored(sponsors):
    return sponsors.add(a_sponsor("Southern Rail"))


def a_change(sponsor, name):
    return an_event("PATCH", f"/sponsors/{sponsor.id}", body=json.dumps({"name": name}))


def test_a_cold_start_answers_and_stores(api, sponsors):
    with api() as function:
        function.started()
        created = function.invoke(an_event("POST", body='{"name": "Southern Rail"}')).answer

    assert created["statusCode"] == 201
    assert sponsors.get(told(created)["id"], consistent=True).name == "Southern Rail"


def test_a_hundred_warm_calls_are_answered_over_one_connection(api, proxy, stored):
    with api() as function:
        function.started()
        answers = [function.invoke(an_event(path=f"/sponsors/{stored.id}")).answer for _ in range(100)]

    assert [told(answer)["name"] for answer in answers] == ["Southern Rail"] * 100
    assert len(proxy.connections) == 1


@pytest.mark.parametrize("module", ["api", "consumers", "relay"])
def test_an_error_that_nobody_handles_is_told_and_the_next_invocation_is_served(package, environment, module):
    with a_function(package, f"infrastructure.aws_lambda.{module}.handler", environment) as function:
        function.started()
        first, second = function.invoke({}), function.invoke({})

    errors = [each.error for each in (first, second) if each.error is not None]
    assert [error["errorType"] for error in errors] == ["InvalidArgument"] * 2
    assert all("must" in error["errorMessage"] for error in errors)


def test_a_wrong_setting_is_told_by_its_name_at_the_start(package, environment):
    wrong = {**environment, f"{PREFIX}PORT": "none"}

    with a_function(package, "infrastructure.aws_lambda.api.handler", wrong) as function:
        error = function.start_error()

    assert error["errorType"] == "Misconfigured"
    assert f"{PREFIX}PORT" in error["errorMessage"]


def test_a_function_that_does_not_answer_in_time_is_killed_and_that_its_process_is_gone_is_noticed(api):
    with api(timeout_seconds=0.2) as function:
        function.started()
        function.freeze()
        with pytest.raises(TimedOut):
            function.invoke(an_event())
        with pytest.raises(Ended):
            function.start_error()


@pytest.mark.parametrize("read_seconds", ["2", "30"], ids=["not-repeated", "given-up"])
def test_a_write_that_the_deadline_overtakes_is_in_doubt_and_sent_once(
    api, environment, proxy, sponsors, stored, read_seconds
):
    environment[f"{PREFIX}DYNAMODB_READ_SECONDS"] = read_seconds
    with api(timeout_seconds=3) as function:
        function.started()
        proxy.faults = [answer_whole, never_answer]
        changed = function.invoke(a_change(stored, "Northern Rail")).answer
        read = function.invoke(an_event(path=f"/sponsors/{stored.id}")).answer

    assert (changed["statusCode"], told(changed)["maybe_applied"]) == (503, True)
    assert sponsors.get(stored.id, consistent=True).name == told(read)["name"] == "Northern Rail"
    assert proxy.forwarded == ["GetItem", "UpdateItem", "GetItem"]


def test_a_write_that_it_is_too_late_for_is_not_made_and_can_be_repeated(api, environment, proxy, sponsors, stored):
    environment[f"{PREFIX}DYNAMODB_READ_SECONDS"] = "30"
    with api(timeout_seconds=3) as function:
        function.started()
        proxy.faults = [answer_after(2.1)]
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
        Event().wait(FREEZE_SECONDS)
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
    relaying = {**environment, f"{PREFIX}EVENT_BUS": "eventbridge:b", "AWS_ENDPOINT_URL_EVENTBRIDGE": bus.address}

    with a_function(package, "infrastructure.aws_lambda.relay.handler", relaying) as function:
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


def test_each_invocation_logs_its_memory_under_its_request_id(api, environment):
    environment[f"{PREFIX}LOG_LEVEL"] = "DEBUG"
    with api(memory_mb=1024) as function:
        function.started()
        invocations = [function.invoke(an_event()) for _ in range(2)]
        lines = [line for line in function.log() if line["message"].startswith("memory: ")]

    assert [line["requestId"] for line in lines] == [each.request_id for each in invocations]
    assert all(
        re.fullmatch(r"memory: \d+ MB allocated, \d+ MB at the peak, \d+% of 1024 MB", line["message"])
        for line in lines
    )
