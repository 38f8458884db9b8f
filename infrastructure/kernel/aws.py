"""Clients of AWS, and why they are set up as they are."""

from datetime import UTC
from datetime import datetime
from http import HTTPStatus
from typing import Any
from weakref import WeakSet

import botocore
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.exceptions import HTTPClientError

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws_codes import PASSING
from infrastructure.kernel.aws_data import create_session
from infrastructure.kernel.aws_signers import choose_signer
from infrastructure.kernel.aws_signers import correct_clock
from infrastructure.kernel.copies import before_copies
from infrastructure.kernel.copies import in_each_copy
from usecases.kernel.deadline import require_time

ATTEMPTS = 4
CONNECT_SECONDS = 1
READ_SECONDS = 2
CONNECTIONS = 10

SERVICES = ("dynamodb", "dynamodbstreams", "events", "s3", "secretsmanager", "ssm")
"""The services of AWS that the kernel calls, by botocore's names."""

_clients: WeakSet[Any] = WeakSet()
_credentials: WeakSet[Credentials] = WeakSet()


def create_aws_client(
    service: str,
    called: str,
    *,
    region: str | None,
    endpoint: str | None = None,
    attempts: int = ATTEMPTS,
    connect_seconds: float = CONNECT_SECONDS,
    read_seconds: float = READ_SECONDS,
    connections: int = CONNECTIONS,
    validation: bool = True,
) -> Any:
    """A client of any service of AWS, for all threads of the process. It sends nothing inside the deadline's buffer.

    `service` is botocore's name, and `called` is what errors call the service. Each call of the client raises
    Misconfigured or Unavailable when it has credentials to fetch, and cannot: a role that may not be assumed, a token
    file that is missing. Without `validation` it does not check parameters before it sends them.

    Raises:
        Misconfigured: there is no region, the endpoint is no URL, or botocore has no data of the service.
    """

    def require_credentials(**_: Any) -> None:
        try:
            credentials = session.get_credentials()
            if credentials is not None:
                _credentials.add(credentials)
                credentials.get_frozen_credentials()
        except (BotoCoreError, ClientError, OSError, ValueError) as exc:
            raise unusable(f"{called} cannot be called, for there are no credentials", exc) from exc

    config = Config(
        connect_timeout=connect_seconds,
        read_timeout=read_seconds,
        max_pool_connections=connections,
        # A connection that a firewall dropped in silence is noticed, instead of waited for.
        tcp_keepalive=True,
        parameter_validation=validation,
        # "standard" retries what is safe to send again, with jitter, and gives up early while the service is down.
        retries={"mode": "standard", "total_max_attempts": attempts},
        # botocore's own tells much of this machine, and is put together anew for each request.
        user_agent=f"Botocore/{botocore.__version__}",
    )
    try:
        session = create_session(service)
        # Not by way of boto3, which adds nothing to a client but the import of multiprocessing and more.
        made = session.create_client(service, region_name=region, endpoint_url=endpoint, config=config)
    except (BotoCoreError, OSError, ValueError) as exc:
        raise Misconfigured(f"{called} cannot be called: {exc}") from exc
    name = made.meta.service_model.service_id.hyphenize()
    hooks: Any = made.meta.events  # the stubs do not know that a handler may answer
    hooks.register(f"before-send.{name}", require_time)
    hooks.register(f"choose-signer.{name}", choose_signer)
    hooks.register_first(f"needs-retry.{name}", correct_clock)
    # The endpoint of DynamoDB, which comes before the signature, takes credentials too.
    hooks.register_first(f"provide-client-params.{name}", require_credentials)
    hooks.register_first(f"request-created.{name}", require_credentials)
    _clients.add(made)
    return made


@before_copies
@in_each_copy
def close_connections() -> None:
    """Closes the connections of all clients. A client that is called again opens new ones."""
    for client in list(_clients):
        client.close()


@in_each_copy
def forget_credentials() -> None:
    """Has all clients fetch their credentials again before they send anything. Those that never expire are kept."""
    for credentials in list(_credentials):
        if isinstance(credentials, RefreshableCredentials):
            credentials._expiry_time = datetime.min.replace(tzinfo=UTC)  # type: ignore[attr-defined]  # there is no public way


def unusable(what: str, error: Exception) -> ServiceError:
    """The error that says `what` cannot be done, and why: Unavailable if that passes by itself, else Misconfigured."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        passes = error.response["Error"]["Code"] in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    else:
        passes = isinstance(error, (HTTPClientError, NoConnectionError))
    return Unavailable(f"{what}: {error}") if passes else Misconfigured(f"{what}: {error}")
