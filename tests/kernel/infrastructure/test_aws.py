"""What all clients of AWS have in common."""

import pytest

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.aws import create_aws_client
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.ministack import NOBODY
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import within


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("dynamodb", "list_tables"),
        ("dynamodbstreams", "list_streams"),
        ("events", "list_event_buses"),
        ("s3", "list_buckets"),
        ("secretsmanager", "list_secrets"),
        ("ssm", "describe_parameters"),
        ("sqs", "list_queues"),
    ],
)
def test_a_client_sends_nothing_within_the_buffer_of_a_deadline(monkeypatch, service, operation):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    nowhere = create_aws_client(service, "AWS", region="eu-west-1", endpoint=NOBODY, attempts=1)

    with within(1, buffer=2), pytest.raises(OutOfTime, match="could not be called with less than 2 s left"):
        getattr(nowhere, operation)()


def test_a_service_that_botocore_has_no_data_of_is_a_wrong_setup():
    with pytest.raises(Misconfigured, match="Queues cannot be called: Unknown service: 'queues'"):
        create_aws_client("queues", "Queues", region="eu-west-1")
