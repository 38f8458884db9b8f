"""Clients of AWS, and why they are set up as they are."""

from typing import Any
from typing import Literal

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from domain.errors import Misconfigured
from infrastructure.bounded import require_time

ATTEMPTS = 4
CONNECT_SECONDS = 1
READ_SECONDS = 2
CONNECTIONS = 10


def create_aws_client(
    service: Literal["dynamodb", "dynamodbstreams", "events", "s3"],
    called: str,
    *,
    region: str | None,
    endpoint: str | None = None,
    attempts: int = ATTEMPTS,
    connect_seconds: float = CONNECT_SECONDS,
    read_seconds: float = READ_SECONDS,
    connections: int = CONNECTIONS,
) -> Any:
    """A client, for all threads of the process. It sends nothing, not for the second time either, when it is too late.

    Raises:
        Misconfigured: there is no region, or the endpoint is no URL; it says of which service, by what that is called.
    """
    config = Config(
        connect_timeout=connect_seconds,
        read_timeout=read_seconds,
        max_pool_connections=connections,
        # A connection that a firewall dropped in silence is noticed, instead of waited for.
        tcp_keepalive=True,
        # "standard" retries what is safe to send again, with jitter, and gives up early while the service is down.
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    try:
        made = boto3.client(service, region_name=region, endpoint_url=endpoint, config=config)
    except (BotoCoreError, ValueError) as exc:
        raise Misconfigured(f"{called} cannot be called: {exc}") from exc
    made.meta.events.register(f"before-send.{made.meta.service_model.service_id.hyphenize()}", require_time)
    return made
