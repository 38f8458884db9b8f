"""The handlers, run from the zip by the runtime client of AWS, as Lambda runs them."""

import json
import re

import pytest

from infrastructure.kernel.aws import create_aws_client
from infrastructure.settings import Settings
from tests.kernel.infrastructure.aws_lambda.test_api import a_request
from tests.kernel.infrastructure.dynamodb.proxy import never_answer
from tests.lambda_zip.fixtures import HANDLERS
from tests.lambda_zip.package import loaded
from tests.lambda_zip.runtime import Ended
from tests.lambda_zip.runtime import TimedOut
from tests.lambda_zip.runtime import a_function

LIVE = a_request(path="/health/live")
READY = a_request(path="/health/ready")
UNRELATED = {
    "eventName": "INSERT",
    "eventSource": "aws:dynamodb",
    "dynamodb": {
        "ApproximateCreationDateTime": 1769862600.0,
        "Keys": {"pk": {"S": "of another program"}, "sk": {"S": "#"}},
        "NewImage": {"pk": {"S": "of another program"}, "sk": {"S": "#"}},
        "SequenceNumber": "111",
    },
}
"""A record of a stream that no event of the service is in."""


def test_a_cold_start_answers_that_it_is_alive_and_ready(api):
    with api() as function:
        function.started()
        answers = [function.invoke(payload).answer for payload in (LIVE, READY)]

    assert [answer["statusCode"] for answer in answers] == [200, 200], answers


def test_by_curl_a_function_loads_no_botocore_and_nothing_else_that_only_takes_time(package_with_curl, environment):
    environment[Settings.variable("dynamodb_transport")] = "curl"

    answer, modules = loaded(package_with_curl, HANDLERS["api"], environment, READY)

    assert answer["statusCode"] == 200
    assert "pycurl" in modules
    assert not [name for name in modules if name.partition(".")[0] in ("botocore", "urllib3", "jmespath", "tenacity")]
    assert "importlib.metadata" not in modules  # which pydantic would look for plugins with


def test_a_path_that_is_not_served_is_not_found(api):
    with api() as function:
        function.started()
        answer = function.invoke(a_request(path="/nothing")).answer

    assert answer["statusCode"] == 404


def test_warm_calls_are_answered_over_one_connection(api, environment, proxy):
    environment[Settings.variable("dynamodb_read_seconds")] = "30"  # or a pause would cause another
    with api() as function:
        function.started()
        answers = [function.invoke(READY).answer for _ in range(100)]

    assert {answer["statusCode"] for answer in answers} == {200}
    assert len(proxy.connections) == 1


def test_when_the_store_does_not_answer_the_function_does_before_its_timeout(api, environment, proxy):
    environment[Settings.variable("deadline_buffer_seconds")] = "3"
    with api(timeout_seconds=6) as function:
        function.started()
        proxy.faults = [never_answer] * 4
        late = function.invoke(READY)
        alive = function.invoke(LIVE).answer

    assert late.answer["statusCode"] == 503
    assert json.loads(late.answer["body"])["type"] == "urn:problem-type:unavailable"
    assert late.seconds < 6
    assert alive["statusCode"] == 200


def test_a_record_that_no_event_is_in_is_carried_nowhere_and_fails_nothing(package, environment):
    with a_function(package, HANDLERS["relay"], environment) as function:
        function.started()
        carried = function.invoke({"Records": [UNRELATED]})

    assert carried.answer == {"batchItemFailures": []}


def test_an_event_that_no_consumer_knows_fails_nothing(package, environment):
    envelope = {"specversion": "1.0", "type": "Unheard", "data": {}}

    with a_function(package, HANDLERS["consumers"], environment) as function:
        function.started()
        handled = function.invoke({"detail": envelope})

    assert handled.error is None


@pytest.mark.parametrize("name", HANDLERS)
def test_an_error_that_nobody_handles_is_told_and_the_next_invocation_is_served(package, environment, name):
    with a_function(package, HANDLERS[name], environment) as function:
        function.started()
        first, second = function.invoke({}), function.invoke({})

    errors = [each.error for each in (first, second) if each.error is not None]
    assert [error["errorType"] for error in errors] == ["InvalidArgument"] * 2
    assert all("must" in error["errorMessage"] for error in errors)


def test_a_wrong_setting_is_told_by_its_name_at_the_start(package, environment):
    variable = Settings.variable("http_port")

    with a_function(package, HANDLERS["api"], {**environment, variable: "none"}) as function:
        error = function.start_error()

    assert error["errorType"] == "Misconfigured"
    assert variable in error["errorMessage"]


def test_a_function_with_snapstart_runs_its_hooks_and_answers(api, environment):
    environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start"
    with api() as function:
        function.started()
        answer = function.invoke(READY).answer

    assert function.was_restored
    assert answer["statusCode"] == 200


def test_a_setting_may_be_a_parameter_that_is_read_at_the_start(package, environment, settings):
    name = f"/{Settings.service}/table"
    client = create_aws_client("ssm", "Parameter Store", region="eu-west-1", endpoint=settings.dynamodb_endpoint)
    client.put_parameter(Name=name, Value=settings.dynamodb_table, Type="SecureString")
    environment |= {
        Settings.variable("dynamodb_table"): f"ssm:{name}",
        "AWS_ENDPOINT_URL_SSM": settings.dynamodb_endpoint,
    }

    with a_function(package, HANDLERS["api"], environment) as function:
        function.started()
        answer = function.invoke(READY).answer
    with a_function(package, HANDLERS["api"], environment | {Settings.variable("log_level"): "ssm:/none"}) as function:
        error = function.start_error()

    assert answer["statusCode"] == 200
    assert error["errorMessage"] == f"{Settings.variable('log_level')}: ssm:/none does not exist"


def test_a_function_that_does_not_answer_in_time_is_killed_and_that_its_process_is_gone_is_noticed(api):
    with api(timeout_seconds=0.2) as function:
        function.started()
        function.freeze()
        with pytest.raises(TimedOut):
            function.invoke(LIVE)
        with pytest.raises(Ended):
            function.start_error()


def test_each_invocation_logs_its_memory_under_its_request_id(api, environment):
    environment[Settings.variable("log_level")] = "DEBUG"
    with api(memory_mb=1024) as function:
        function.started()
        invocations = [function.invoke(LIVE) for _ in range(2)]
        lines = [line for line in function.log() if line["message"].startswith("memory: ")]

    assert [line["requestId"] for line in lines] == [each.request_id for each in invocations]
    assert all(
        re.fullmatch(r"memory: \d+ MB allocated, \d+ MB at the peak, \d+% of 1024 MB", line["message"])
        for line in lines
    )
