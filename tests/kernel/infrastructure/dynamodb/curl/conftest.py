"""A transport of libcurl, and the server that it calls."""

import os
from collections.abc import Callable
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto.core.models import botocore_stubber

from infrastructure.kernel import clock_skew
from infrastructure.kernel.dynamodb.curl.transport import CurlTransport
from infrastructure.kernel.dynamodb.transport import create_transport
from tests.kernel.infrastructure.dynamodb.curl.server import Server
from tests.kernel.infrastructure.dynamodb.curl.server import running
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.service.settings import Settings


@pytest.fixture(autouse=True)
def no_skew_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta())


@pytest.fixture
def alone(nothing_set: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that has a pair of keys, and nothing else that libcurl or botocore looks at; moto is not active."""
    nothing_set.setattr(botocore_stubber, "enabled", False)  # that of the other tests in this process
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        nothing_set.delenv(name)
    for name, value in ENVIRONMENT.items():
        nothing_set.setenv(name, value)
    return nothing_set


@pytest.fixture
def moto_active(alone: pytest.MonkeyPatch) -> Callable[[], None]:
    """Activates moto, until the test ends."""
    return lambda: alone.setattr(botocore_stubber, "enabled", True)


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def create(alone: pytest.MonkeyPatch, server: Server) -> Iterator[Callable[..., CurlTransport]]:
    """Makes transports to the server, of other settings if there are any."""
    made: list[CurlTransport] = []

    def create(**changes: Any) -> CurlTransport:
        settings = {
            "aws_region": "eu-west-1",
            "dynamodb_endpoint": server.address,
            "dynamodb_transport": "curl",
            "dynamodb_read_seconds": 30,
        }
        transport = create_transport(Settings.model_validate({**settings, **changes}))
        assert isinstance(transport, CurlTransport)
        made.append(transport)
        return transport

    yield create
    for each in made:
        each.close()


@pytest.fixture
def transport(create: Callable[..., CurlTransport]) -> CurlTransport:
    return create()
