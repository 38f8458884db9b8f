"""The clients of DynamoDB and of its streams."""

from typing import TYPE_CHECKING
from typing import Any

from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.dynamodb.answers import require_believable
from infrastructure.kernel.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient


def create_client(settings: Settings) -> "DynamoDBClient":
    """One client, for all threads of the process. It sends each request once; `Table` repeats it.

    Each call raises ResponseStreamingError if the answer is none of DynamoDB's, or not all of it.

    Raises:
        Misconfigured: there is no region, or the endpoint is no URL.
    """
    client: DynamoDBClient = _create("dynamodb", settings, attempts=1)
    return client


def create_streams_client(settings: Settings) -> "DynamoDBStreamsClient":
    """A client of the tables' streams.

    Raises:
        Misconfigured: as `create_client`.
    """
    client: DynamoDBStreamsClient = _create("dynamodbstreams", settings, attempts=settings.dynamodb_attempts)
    return client


def _create(service: str, settings: Settings, *, attempts: int) -> Any:
    client = create_aws_client(
        service,
        "DynamoDB",
        region=settings.aws_region,
        endpoint=settings.dynamodb_endpoint,
        attempts=attempts,
        connect_seconds=settings.dynamodb_connect_seconds,
        read_seconds=settings.dynamodb_read_seconds,
        # Every thread that serves or sends batches finds a connection: a pool too small makes new ones, each with TLS.
        connections=settings.threads + settings.dynamodb_batch_threads,
    )
    client.meta.events.register_first(
        f"after-call.{client.meta.service_model.service_id.hyphenize()}", require_believable
    )
    return client
