"""The clients of DynamoDB and of its streams."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel

from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.dynamodb.answers import require_believable
from infrastructure.kernel.dynamodb.answers import unbelievable
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

_ALWAYS_THERE = {
    "DescribeStream": "StreamDescription",
    "GetRecords": "Records",
    "GetShardIterator": "ShardIterator",
}


def create_client(settings: Settings) -> "DynamoDBClient":
    """One client, for all threads of the process. It sends each request once, and unchecked; `Table` repeats it.

    Raises:
        Misconfigured: there is no region, or the endpoint is no URL.
    """
    client: DynamoDBClient = _create("dynamodb", settings, attempts=1, validation=False)
    return client


def create_streams_client(settings: Settings) -> "DynamoDBStreamsClient":
    """A client of the tables' streams. Each call raises NoAnswer if the answer is none of DynamoDB's, or not all of it.

    Raises:
        Misconfigured: as `create_client`.
    """
    client: DynamoDBStreamsClient = _create("dynamodbstreams", settings, attempts=settings.dynamodb_attempts)
    client.meta.events.register_first("after-call.dynamodb-streams", _require_whole)
    return client


def believed(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """An answer with the headers that it came with, as it is.

    Raises:
        NoAnswer: it is damaged, or none of DynamoDB's; botocore would make an empty answer of a page of HTML.
    """
    require_believable(
        answer,
        content_type=headers.get("Content-Type"),
        length=headers.get("Content-Length"),
        checksum=headers.get("x-amz-crc32"),
    )
    return answer


def _require_whole(http_response: AWSResponse, parsed: Mapping[str, Any], model: OperationModel, **_: Any) -> None:
    """Called by botocore with each answer."""
    answer = believed(Answer(http_response.status_code, http_response.content), http_response.headers)
    if answer.status == HTTPStatus.OK and _ALWAYS_THERE.get(model.name) not in (None, *parsed):
        raise unbelievable()


def _create(service: str, settings: Settings, *, attempts: int, validation: bool = True) -> Any:
    return create_aws_client(
        service,
        "DynamoDB",
        region=settings.aws_region,
        endpoint=settings.dynamodb_endpoint,
        attempts=attempts,
        connect_seconds=settings.dynamodb_connect_seconds,
        read_seconds=settings.dynamodb_read_seconds,
        # Every thread that serves or sends batches finds a connection: a pool too small makes new ones, each with TLS.
        connections=settings.threads + settings.dynamodb_batch_threads,
        validation=validation,
    )
