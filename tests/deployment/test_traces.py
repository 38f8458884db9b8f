"""One trace goes all the way: from the API through the table, its stream, the relay and the bus to the consumers.

The zip has no SDK of OpenTelemetry. Here the functions get it in a layer, and its console exporter writes to their logs.
"""

import json
import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import distribution
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from deploy.kernel.local import Cloud
from deploy.kernel.sam import Template
from infrastructure.settings import Settings
from tests.deployment.api import CREATING
from tests.deployment.api import Api
from tests.deployment.api import eventually
from tests.deployment.api import named
from tests.deployment.fixtures import Deployed
from tests.deployment.fixtures import deployed

SDK = ("opentelemetry-api", "opentelemetry-sdk", "opentelemetry-semantic-conventions", "typing-extensions")
EXPORTERS = "        OTEL_TRACES_EXPORTER: console\n        OTEL_METRICS_EXPORTER: none\n"
SPAN = re.compile(r"^\{\n.*?^\}", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def stack(cloud, package, template) -> Deployed:
    """A stack whose functions are traced, and whose consumers are given every event."""
    deployment = cloud.deployment(None, Template(traced(template.text, layer(cloud))))
    made = deployed(replace(deployment, stage=replace(deployment.stage, stack_name="traced")), package)
    _, rule = made.deployment.stack.resources()["ConsumersRule"]
    pattern = json.dumps({"source": [Settings.service]})
    events = cloud.aws.session.client("events", endpoint_url=cloud.address)
    events.put_rule(Name=rule, EventBusName=made.outputs["BusName"], EventPattern=pattern, State="ENABLED")
    return made


def traced(template: str, layer: str) -> str:
    """The template as docs/observability.md changes it."""
    function, observers = "\n  Function:\n", f"{Settings().variable('observers')}: !Ref Observers\n"
    assert (template.count(function), template.count(observers)) == (1, 1)
    with_layer = template.replace(function, f"{function}    Layers: [{layer}]\n")
    return with_layer.replace(observers, f"{Settings().variable('observers')}: otel\n{EXPORTERS}")


def layer(cloud: Cloud) -> str:
    """A layer with the SDK, as it is installed here."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for package in map(distribution, SDK):
            for file in package.files or ():
                if ".." not in file.parts and file.suffix != ".pyc":
                    archive.write(file.locate(), f"python/{file}")
    client = cloud.aws.session.client("lambda", endpoint_url=cloud.address)
    made = client.publish_layer_version(LayerName="otel", Content={"ZipFile": packed.getvalue()})
    return str(made["LayerVersionArn"])


@pytest.fixture(scope="module")
def api(cloud, stack) -> Iterator[Api]:
    api = Api(cloud.address, stack.outputs["ApiUrl"])
    eventually(lambda: api.call("GET", "/health/ready"), lambda answer: answer.status_code == 200)
    yield api
    api.close()


@pytest.mark.parametrize("endpoint", CREATING, ids=named)
def test_one_trace_goes_from_the_api_to_the_consumers(cloud, stack, api, everything, endpoint):
    trace_id = f"0x{api.try_out(endpoint, everything).headers['x-request-id']}"

    def of_trace():
        return [span for span in spans(cloud, stack) if span["context"]["trace_id"] == trace_id]

    made = eventually(of_trace, lambda found: {"PRODUCER", "CONSUMER"} <= {kind(span) for span in found})
    [request] = [span for span in made if kind(span) == "SERVER"]
    [use_case] = [span for span in made if span["name"] == endpoint.use_case.__name__]
    [put] = [span for span in made if span["name"] == "PutItem"]
    [store] = [span for span in made if span["context"]["span_id"] == put["parent_id"]]
    [published] = [span for span in made if kind(span) == "PRODUCER"]
    [consumed] = [span for span in made if kind(span) == "CONSUMER"]
    assert (request["name"], request["parent_id"]) == (f"{endpoint.method} {endpoint.path}", None)
    assert use_case["parent_id"] == request["context"]["span_id"]
    assert store["parent_id"] == use_case["context"]["span_id"]
    assert {each["parent_id"] for each in (published, consumed)} == {store["context"]["span_id"]}
    assert published["name"] == consumed["name"]


def kind(span: Mapping[str, Any]) -> str:
    return str(span["kind"]).removeprefix("SpanKind.")


def spans(cloud: Cloud, stack: Deployed) -> Sequence[Mapping[str, Any]]:
    """What the functions have printed so far."""
    logs = cloud.aws.session.client("logs", endpoint_url=cloud.address)
    resources = stack.deployment.stack.resources()
    found: list[Mapping[str, Any]] = []
    for group in (resources[f"{function}Log"][1] for function in ("Api", "Relay", "Consumers")):
        for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
            told = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
            printed = "\n".join(event["message"] for event in told["events"])
            found += (json.loads(span[0]) for span in SPAN.finditer(printed))
    return found
