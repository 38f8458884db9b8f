"""Clients of AWS, and why they are set up as they are."""

from typing import Any
from typing import Literal

from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.session import get_session

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.bounded import require_time

ATTEMPTS = 4
CONNECT_SECONDS = 1
READ_SECONDS = 2
CONNECTIONS = 10

Service = Literal["dynamodb", "dynamodbstreams", "events", "s3"]
"""What of AWS is called, by botocore's names. The zip for Lambda has the data of these services and of no other."""


def create_aws_client(
    service: Service,
    called: str,
    *,
    region: str | None,
    endpoint: str | None = None,
    attempts: int = ATTEMPTS,
    connect_seconds: float = CONNECT_SECONDS,
    read_seconds: float = READ_SECONDS,
    connections: int = CONNECTIONS,
) -> Any:
    """A client, for all threads of the process. When it is too late it sends nothing, and nothing again.

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
        # Not by way of boto3, which adds nothing to a client but the import of multiprocessing and more.
        made = get_session().create_client(service, region_name=region, endpoint_url=endpoint, config=config)
    except (BotoCoreError, ValueError) as exc:
        raise Misconfigured(f"{called} cannot be called: {exc}") from exc
    made.meta.events.register(f"before-send.{made.meta.service_model.service_id.hyphenize()}", require_time)
    return made
