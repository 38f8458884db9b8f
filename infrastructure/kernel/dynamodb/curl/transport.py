"""The transport of libcurl: which connection a request takes, and what happens to all of them when a process is copied."""

import logging
import os
import sys
from collections import deque
from collections.abc import Mapping
from importlib import import_module
from weakref import WeakSet

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.copies import before_copies
from infrastructure.kernel.copies import in_each_copy
from infrastructure.kernel.dynamodb.curl.connection import Connection
from infrastructure.kernel.dynamodb.curl.connection import fetch
from infrastructure.kernel.dynamodb.curl.credentials import ContainerCredentials
from infrastructure.kernel.dynamodb.curl.credentials import Credentials
from infrastructure.kernel.dynamodb.curl.credentials import FixedCredentials
from infrastructure.kernel.dynamodb.curl.credentials import Keys
from infrastructure.kernel.dynamodb.curl.setup import Setup
from infrastructure.kernel.dynamodb.curl.setup import create_setup
from infrastructure.kernel.dynamodb.curl.setup import reason_for_botocore
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import Transport
from infrastructure.kernel.settings import Settings

logger = logging.getLogger(__name__)


def create(settings: Settings) -> Transport:
    """The transport of libcurl; that of botocore, if something is asked for that libcurl cannot do.

    Raises:
        Misconfigured: moto is active, there is no region, or the endpoint is no URL.
    """
    _require_no_moto()
    reason = reason_for_botocore(settings, os.environ)
    if reason is not None:
        logger.warning("botocore calls DynamoDB in place of curl: %s", reason)
        other: Transport = import_module("infrastructure.kernel.dynamodb.botocore.transport").create(settings)
        return other
    return CurlTransport(create_setup(settings, os.environ), _credentials(os.environ))


def _credentials(environment: Mapping[str, str]) -> Credentials:
    id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if id and secret:
        return FixedCredentials(Keys(id, secret, environment.get("AWS_SESSION_TOKEN") or None))
    return ContainerCredentials(environment, fetch)


class CurlTransport(Transport):
    """Connections to one endpoint. A request takes one that is free, or a new one."""

    ends_in_time = True

    def __init__(self, setup: Setup, credentials: Credentials) -> None:
        self._setup = setup
        self._credentials = credentials
        self._free: deque[Connection] = deque()
        _transports.add(self)

    def send(self, operation: str, body: bytes) -> Answer:
        _require_no_moto()
        keys = self._credentials.keys()
        try:
            connection = self._free.pop()  # the one used last, so that as few as possible stay open
        except IndexError:
            connection = Connection(self._setup)
        # Not returned after an error: whatever state it is in, it is not used again.
        answer = connection.send(operation, body, keys)
        self._free.append(connection)
        return answer

    def close(self) -> None:
        while self._free:
            self._free.pop().close()

    def forget_credentials(self) -> None:
        """Has credentials that end fetched again before anything is sent."""
        self._credentials.forget()

    def abandon(self) -> None:
        """Forgets the connections of the process that this one is a copy of. Closing them would disturb that one."""
        _abandoned.extend(self._free)
        self._free.clear()


_transports: WeakSet[CurlTransport] = WeakSet()
_abandoned: list[Connection] = []
"""Connections that another process goes on with: while they are held here, nothing closes them."""


@before_copies
@in_each_copy
def _close_all() -> None:
    for transport in list(_transports):
        transport.close()


@in_each_copy
def _forget_all() -> None:
    for transport in list(_transports):
        transport.forget_credentials()


def _abandon_all() -> None:
    for transport in list(_transports):
        transport.abandon()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_abandon_all)


def _require_no_moto() -> None:
    """moto takes the requests of botocore. Those of libcurl would pass it by, and reach AWS.

    Raises:
        Misconfigured: moto is active.
    """
    moto = sys.modules.get("moto.core.models")
    if moto is not None and moto.botocore_stubber.enabled:
        raise Misconfigured("curl must not be used while moto is active, for its requests would leave this machine")
