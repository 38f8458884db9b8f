"""In which states of its stack a stage is not deployed, and how a failure is told. Commands over the wire deploy it."""

import boto3
import pytest

from deploy.kernel.aws import Aws
from deploy.kernel.deployment import Deployment
from deploy.kernel.package import Package
from deploy.kernel.sam import Template
from deploy.kernel.stack import ChangeSet
from deploy.kernel.stack import Failed
from deploy.kernel.stack import Happening
from deploy.kernel.stack import Stack
from deploy.kernel.stages import Stage
from domain.kernel.errors import Misconfigured
from tests.kernel.deploy.projects import SERVICE
from tests.kernel.deploy.projects import TEMPLATE

DESTROY = "and cannot be updated: run make destroy STAGE=dev, then deploy again"
CONTINUE = "aws cloudformation continue-update-rollback --stack-name tiny-service-dev"
WAIT = "somebody else is at work; wait until that has ended"


@pytest.fixture
def deployment() -> Deployment:
    aws = Aws(boto3.Session(region_name="eu-west-1"), "111111111111")
    return Deployment(aws, SERVICE, Stage("dev", f"{SERVICE}-dev", {}), Template(TEMPLATE))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("ROLLBACK_COMPLETE", DESTROY),
        ("ROLLBACK_FAILED", DESTROY),
        ("CREATE_FAILED", DESTROY),
        ("DELETE_FAILED", DESTROY),
        ("UPDATE_ROLLBACK_FAILED", CONTINUE),
        ("CREATE_IN_PROGRESS", WAIT),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", WAIT),
        ("DELETE_IN_PROGRESS", WAIT),
    ],
)
def test_a_stack_that_cannot_be_updated_is_told_with_what_to_do(deployment, monkeypatch, status, told):
    monkeypatch.setattr(Stack, "status", lambda stack: status)

    with pytest.raises(Misconfigured, match=told) as raised:
        deployment.require_ready()

    assert f"stack tiny-service-dev in account 111111111111, Region eu-west-1 is in {status}" in str(raised.value)


@pytest.mark.parametrize(
    "status",
    [None, "REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"],
)
def test_a_stack_that_can_be_updated_or_is_not_there_is_deployed(deployment, monkeypatch, status):
    monkeypatch.setattr(Stack, "status", lambda stack: status)

    deployment.require_ready()


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("ROLLBACK_COMPLETE", "Run make destroy STAGE=dev, then deploy again"),
        ("UPDATE_ROLLBACK_COMPLETE", "the stack is as it was before"),
        ("UPDATE_ROLLBACK_FAILED", 'the handler said: {"code": {}, "why": "{0}"}'),
    ],
)
def test_a_failure_is_told_with_what_to_do_or_with_the_reason_that_cloudformation_gives(
    deployment, monkeypatch, status, told
):
    happened = [Happening("", SERVICE, "AWS::CloudFormation::Stack", status, told)]
    monkeypatch.setattr(Deployment, "_uploaded", lambda *_: "s3://artifacts/template.yaml")
    monkeypatch.setattr(Stack, "prepare", lambda *_: ChangeSet("changes", SERVICE, ()))
    monkeypatch.setattr(Stack, "execute", lambda *_: iter(happened))

    with pytest.raises(Failed) as raised:
        deployment.deploy(Package(b"", "arm64", "python3.11"), lambda _: True)

    assert str(raised.value).startswith(f"{status}. ")
    assert told in str(raised.value)
