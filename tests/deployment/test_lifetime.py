"""A stack is updated while its data stays, and deleted while its table stays."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from deploy.kernel.local import Cloud
from deploy.kernel.stack import GONE
from infrastructure.settings import Settings
from tests.deployment.api import CREATING
from tests.deployment.api import Api
from tests.deployment.api import eventually
from tests.deployment.fixtures import Deployed
from tests.deployment.fixtures import deployed

PREFIX = Settings.variable("")


@pytest.fixture
def another(cloud, package, template) -> Deployed:
    """A stack of the test's own."""
    deployment = cloud.deployment(None, template)
    return deployed(replace(deployment, stage=replace(deployment.stage, stack_name="another")), package)


@pytest.fixture
def api_of_another(cloud, another) -> Iterator[Api]:
    api = Api(cloud.address, another.outputs["ApiUrl"])
    yield api
    api.close()


@pytest.mark.skipif(not CREATING, reason="no endpoint creates something out of its example")
def test_data_outlives_updates_and_the_stack(cloud, package, another, api_of_another, everything):
    location = api_of_another.try_out(CREATING[0], everything).headers["location"]

    updated = update(another, package, LogLevel="DEBUG")
    read = eventually(
        lambda: api_of_another.call("GET", location, everything), lambda answer: answer.status_code != 503
    )
    levels = {variables[f"{PREFIX}LOG_LEVEL"] for variables in called_with(cloud, "another")}
    [*_, last] = another.deployment.stack.delete()

    assert updated.outputs == another.outputs
    assert levels == {"DEBUG"}
    assert read.status_code == 200
    assert last.status == GONE
    assert another.outputs["TableName"] in tables(cloud)
    assert functions_of(cloud, "another") == []
    assert api_of_another.call("GET", location, everything).status_code == 404


def update(stack: Deployed, package, **parameters: str) -> Deployed:
    """The stack with other parameters."""
    stage = replace(stack.deployment.stage, parameters={**stack.deployment.stage.parameters, **parameters})
    return deployed(replace(stack.deployment, stage=stage), package)


def tables(cloud: Cloud) -> list[str]:
    return cloud.aws.session.client("dynamodb", endpoint_url=cloud.address).list_tables()["TableNames"]


def called_with(cloud: Cloud, stack_name: str) -> list[dict[str, str]]:
    """The variables of what callers reach of each function: the version that its alias points to."""
    client = cloud.aws.session.client("lambda", endpoint_url=cloud.address)
    names = functions_of(cloud, stack_name)
    found = [client.get_function_configuration(FunctionName=name, Qualifier="live") for name in names]
    return [each["Environment"]["Variables"] for each in found]


def functions_of(cloud: Cloud, stack_name: str) -> list[str]:
    functions = cloud.aws.session.client("lambda", endpoint_url=cloud.address).list_functions()["Functions"]
    return [each["FunctionName"] for each in functions if each["FunctionName"].startswith(f"{stack_name}-")]
