"""The client of DynamoDB, and why it is set up as it is."""

from typing import TYPE_CHECKING
from typing import Any
from typing import Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from domain.errors import Misconfigured
from infrastructure.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient


def create_client(settings: Settings) -> "DynamoDBClient":
    """One client, for all threads of the process.

    Raises:
        Misconfigured: there is no region, or the endpoint is no URL.
    """
    client: DynamoDBClient = _create("dynamodb", settings)
    return client


def create_streams_client(settings: Settings) -> "DynamoDBStreamsClient":
    """A client of the tables' streams.

    Raises:
        Misconfigured: as `create_client`.
    """
    client: DynamoDBStreamsClient = _create("dynamodbstreams", settings)
    return client


def _create(service: Literal["dynamodb", "dynamodbstreams"], settings: Settings) -> Any:
    config = Config(
        connect_timeout=settings.dynamodb_connect_seconds,
        read_timeout=settings.dynamodb_read_seconds,
        # Every thread that serves or sends batches finds a connection: a pool too small makes new ones, each with TLS.
        max_pool_connections=settings.threads + settings.dynamodb_batch_threads,
        # A connection that a firewall dropped in silence is noticed, instead of waited for.
        tcp_keepalive=True,
        # "standard" retries what is safe to send again, with jitter, and gives up early while DynamoDB is down.
        retries={"mode": "standard", "total_max_attempts": settings.dynamodb_attempts},
    )
    try:
        return boto3.client(
            service,
            region_name=settings.dynamodb_region,
            endpoint_url=settings.dynamodb_endpoint,
            config=config,
        )
    except (BotoCoreError, ValueError) as exc:
        raise Misconfigured(f"DynamoDB cannot be called: {exc}") from exc
