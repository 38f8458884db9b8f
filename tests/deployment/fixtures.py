"""Fixtures: a ministack that enforces IAM, the stack on it, and a client of its API."""

import json
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from deploy.kernel.commands import built
from deploy.kernel.deployment import Deployment
from deploy.kernel.lambda_zip import ROOT
from deploy.kernel.lambda_zip import this_architecture
from deploy.kernel.local import Cloud
from deploy.kernel.local import running
from deploy.kernel.package import Package
from deploy.kernel.sam import TEMPLATE
from deploy.kernel.sam import Template
from infrastructure.settings import Settings
from tests.deployment.api import GUARDED
from tests.deployment.api import Api
from tests.deployment.api import eventually
from tests.kernel.ministack import free_port


@dataclass(frozen=True)
class Deployed:
    """A stack that is up, with its outputs."""

    deployment: Deployment
    outputs: dict[str, str]


@pytest.fixture(scope="session")
def package() -> Package:
    """The zip for this machine."""
    return built(this_architecture())


@pytest.fixture(scope="session")
def template() -> Template:
    return Template.read(ROOT / TEMPLATE)


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """What stands in for AWS, and for an issuer of tokens."""
    with free_port() as port, running(port) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def stack(cloud: Cloud, package: Package, template: Template) -> Deployed:
    """The stack, which all tests share that do not change it."""
    return deployed(cloud.deployment(None, template), package)


@pytest.fixture(scope="session")
def api(cloud: Cloud, stack: Deployed) -> Iterator[Api]:
    """A client of the API, which is ready."""
    api = Api(cloud.address, stack.outputs["ApiUrl"])
    eventually(lambda: api.call("GET", "/health/ready"), lambda answer: answer.status_code == 200)
    yield api
    api.close()


@pytest.fixture(scope="session")
def everything(cloud: Cloud) -> str:
    """A token with all scopes."""
    return cloud.issuer.token(*sorted({endpoint.scope for endpoint in GUARDED if endpoint.scope}))


def deployed(deployment: Deployment, package: Package) -> Deployed:
    """The stack of `deployment`, after it was deployed by the code that deploys to AWS."""
    outputs = deployment.deploy(package, lambda changes: True)
    assert outputs is not None
    return Deployed(deployment, dict(outputs))


@contextmanager
def arriving(cloud: Cloud, stack: Deployed, name: str) -> Iterator[Callable[[], str]]:
    """Returns all that has arrived on the bus of a stack since, by way of a queue and a rule of that name."""
    sqs = cloud.aws.session.client("sqs", endpoint_url=cloud.address)
    events = cloud.aws.session.client("events", endpoint_url=cloud.address)
    bus = stack.outputs["BusName"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": [Settings.service]}))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": name, "Arn": arn}])
    bodies: list[str] = []

    def arrived() -> str:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        bodies.extend(message["Body"] for message in received.get("Messages", ()))
        return "\n".join(bodies)

    yield arrived
    events.remove_targets(Rule=name, EventBusName=bus, Ids=[name])
    events.delete_rule(Name=name, EventBusName=bus)
