"""Stages are deployed and destroyed, in accounts of a ministack."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from itertools import count

import boto3
import pytest

from tests.kernel.deploy.projects import SERVICE
from tests.kernel.fixtures import ADAPTERS
from tests.kernel.ministack import ministack

OVER_THE_WIRE = any(adapter.name.startswith("ministack") for adapter in ADAPTERS)
REGION = "eu-west-1"
STACK = f"{SERVICE}-dev"
ACCOUNTS = count(111111111111)

pytestmark = [
    pytest.mark.adapters,
    pytest.mark.skipif(not OVER_THE_WIRE, reason="ministack is not among the adapters"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ministack() as address:
        yield address


@pytest.fixture(autouse=True)
def account(address, monkeypatch) -> str:
    """An account in which nothing is, and the environment that leads to it."""
    account = str(next(ACCOUNTS))
    variables = {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "any",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return account


@pytest.fixture
def cloudformation(account):
    return boto3.Session().client("cloudformation")


@pytest.fixture
def failing(project) -> Callable[[], None]:
    """Gives the project a resource that cannot be made."""
    metric = "[{MetricNamespace: a, MetricName: b, MetricValue: '1'}]"
    properties = f"{{LogGroupName: nobody-has-it, FilterPattern: x, MetricTransformations: {metric}}}"
    broken = f"  Broken: {{Type: AWS::Logs::MetricFilter, Properties: {properties}}}"
    return lambda: project.replace("template.yaml", "Outputs:", f"{broken}\nOutputs:")


def statuses(cloudformation) -> dict[str, str]:
    stacks = cloudformation.describe_stacks()["Stacks"]
    return {stack["StackName"]: stack["StackStatus"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}


def tables() -> list[str]:
    return boto3.Session().client("dynamodb").list_tables()["TableNames"]


def test_the_first_time_all_is_created_and_the_outputs_are_told(project, cloudformation, account):
    result = project.deploy(says="y\n")

    assert result.exit_code == 0, result.output
    assert f"Created the private bucket {SERVICE}-artifacts-{account}-{REGION}" in result.output
    assert f"Make these changes to the stack {STACK} in account {account}, Region {REGION}?" in result.output
    assert "Add     Table     AWS::DynamoDB::Table" in result.output
    assert "CREATE_COMPLETE   Queue  AWS::SQS::Queue" in result.output
    assert "QueueUrl  http" in result.output
    assert statuses(cloudformation) == {STACK: "CREATE_COMPLETE"}


def test_parameters_are_those_of_stage_and_zip(project, cloudformation):
    project.deploy("--yes", "--zip", project.zip("x86_64", 12), "--arch", "x86_64")

    [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert {given["ParameterKey"]: given["ParameterValue"] for given in stack["Parameters"]} == {
        "Stage": "dev",
        "Architecture": "x86_64",
        "Runtime": "python3.12",
        "Depth": "3",
        "Names": "a,b",
        "Timeout": "10",
    }
    assert {tag["Key"]: tag["Value"] for tag in stack["Tags"]} == {"service": SERVICE, "stage": "dev"}


def test_nobody_outside_the_account_can_read_zips(project, account):
    project.deploy("--yes")

    [bucket] = boto3.Session().client("s3").list_buckets()["Buckets"]
    blocked = boto3.Session().client("s3").get_public_access_block(Bucket=bucket["Name"])
    assert set(blocked["PublicAccessBlockConfiguration"].values()) == {True}


def test_a_second_time_nothing_changes_and_nothing_is_uploaded(project, account):
    project.deploy("--yes")
    before = uploads()

    result = project.deploy("--yes")

    assert result.exit_code == 0, result.output
    assert f"No changes: the stack {STACK}" in result.output
    assert "QueueUrl  http" in result.output
    assert uploads() == before


def uploads():
    s3 = boto3.Session().client("s3")
    [bucket] = s3.list_buckets()["Buckets"]
    return [(found["Key"], found["LastModified"]) for found in s3.list_objects_v2(Bucket=bucket["Name"])["Contents"]]


def test_a_new_zip_changes_the_function_and_nothing_else(project, cloudformation):
    project.deploy("--yes")

    result = project.deploy("--yes", "--zip", project.zip(content="changed"))

    assert re.findall(r"^(?:Add|Modify|Remove) +(\S+)", result.output, re.MULTILINE) == ["Function"]
    assert statuses(cloudformation) == {STACK: "UPDATE_COMPLETE"}


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "nonsense\n"])
def test_without_a_yes_nothing_is_created(project, cloudformation, answer):
    result = project.deploy(says=answer)

    assert result.exit_code == 1
    assert "Nothing was changed." in result.output
    assert statuses(cloudformation) == {}
    assert tables() == []


def test_without_a_yes_nothing_is_updated(project, cloudformation):
    project.deploy("--yes")
    project.replace("deploy/stages.toml", "Depth = 3", "Timeout = 20\nDepth = 3")

    result = project.deploy(says="n\n")

    assert "Modify  Queue" in result.output
    assert statuses(cloudformation) == {STACK: "CREATE_COMPLETE"}


def test_a_table_is_not_given_up_unless_the_stack_is_named(project, cloudformation):
    project.deploy("--yes")
    text = (project.root / "template.yaml").read_text(encoding="utf-8")
    project.write("template.yaml", text.partition("  Table:")[0] + "  Queue:" + text.partition("  Queue:")[2])

    refused = [project.deploy("--yes"), project.deploy(says="y\n")]
    done = project.deploy(says=f"{STACK}\n")

    assert [result.exit_code for result in refused] == [1, 1]
    assert all("WARNING: Table leaves the stack, and the service loses its data." in each.output for each in refused)
    assert "YES=1 does not answer for data" in refused[0].output
    assert done.exit_code == 0, done.output
    assert len(tables()) == 1


def test_what_fails_is_told_with_its_reason_and_rolled_back(project, failing, cloudformation):
    failing()

    result = project.deploy("--yes")

    assert result.exit_code == 1
    assert re.search(r"^Broken \(AWS::Logs::MetricFilter\): .*nobody-has-it", result.output, re.MULTILINE)
    assert "ROLLBACK_COMPLETE. CloudFormation rolled back: what it had created is deleted." in result.output
    assert "Run make destroy STAGE=dev, then deploy again." in result.output
    assert statuses(cloudformation) == {STACK: "ROLLBACK_COMPLETE"}
    assert tables() == []


def test_a_stack_whose_creation_failed_has_to_be_destroyed_first(project, failing, cloudformation):
    failing()
    project.deploy("--yes")

    again = project.deploy("--yes")
    destroyed = project.destroy(says=f"{STACK}\n")

    assert again.exit_code == 1
    assert f"{STACK} in account" in again.output
    assert "is in ROLLBACK_COMPLETE, and cannot be updated: run make destroy STAGE=dev" in again.output
    assert destroyed.exit_code == 0, destroyed.output
    assert statuses(cloudformation) == {}


def test_an_update_that_fails_leaves_the_stack_as_it_was(project, failing, cloudformation):
    project.deploy("--yes")
    failing()

    result = project.deploy("--yes")

    assert result.exit_code == 1
    assert "Broken (AWS::Logs::MetricFilter): " in result.output
    assert "UPDATE_ROLLBACK_COMPLETE. CloudFormation rolled back: the stack is as it was before." in result.output
    assert statuses(cloudformation) == {STACK: "UPDATE_ROLLBACK_COMPLETE"}
    assert len(tables()) == 1


def test_a_template_that_cloudformation_rejects_changes_nothing(project, cloudformation):
    project.replace("deploy/stages.toml", "Depth = 3", 'Depth = "three"')

    result = project.deploy("--yes")

    assert result.exit_code == 1
    assert "CloudFormation rejects the template or a parameter, and nothing was changed: " in result.output
    assert "Depth" in result.output.splitlines()[-1]
    assert statuses(cloudformation) == {}


def test_a_stack_is_deleted_and_the_table_stays(project, cloudformation):
    project.deploy("--yes")
    [table] = tables()

    result = project.destroy(says=f"{STACK}\n")

    assert result.exit_code == 0, result.output
    assert f"Table  AWS::DynamoDB::Table {table}" in result.output
    assert "AWS::Lambda::Function  1" in result.output
    assert statuses(cloudformation) == {}
    assert tables() == [table]


@pytest.mark.parametrize("answer", ["", "\n", "y\n", f"{SERVICE}\n", f"{STACK}x\n"])
def test_a_stack_is_not_deleted_unless_it_is_named(project, cloudformation, answer):
    project.deploy("--yes")

    result = project.destroy(says=answer)

    assert result.exit_code == 1
    assert "That is not its name. Nothing was deleted." in result.output
    assert statuses(cloudformation) == {STACK: "CREATE_COMPLETE"}


def test_there_has_to_be_a_stack_to_delete(project, account):
    result = project.destroy(says=f"{STACK}\n")

    assert result.exit_code == 1
    assert f"there is no stack {STACK} in account {account}, Region {REGION}" in result.output


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('account = "999999999999"', "belongs to account 999999999999, and the credentials of the environment lead to"),
        (
            'region = "us-east-1"',
            f"belongs to Region us-east-1, and the credentials of the environment lead to {REGION}",
        ),
    ],
)
def test_a_stage_can_belong_to_one_account_and_region(project, cloudformation, line, told):
    project.replace("deploy/stages.toml", "[dev]", f"[dev]\n{line}")

    results = [project.deploy("--yes"), project.destroy(says=f"{STACK}\n")]

    assert [result.exit_code for result in results] == [1, 1]
    assert all(f"deploy/stages.toml [dev] {told}" in result.output for result in results)
    assert boto3.Session().client("s3").list_buckets()["Buckets"] == []
