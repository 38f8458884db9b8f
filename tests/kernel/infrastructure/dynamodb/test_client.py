"""How the client is set up, and what is refused before there is one."""

import pytest
from botocore.exceptions import NoCredentialsError

from domain.kernel.entity import Entity
from domain.kernel.errors import Misconfigured
from infrastructure.kernel.dynamodb.administration import describe
from infrastructure.kernel.dynamodb.botocore.client import create_client
from infrastructure.kernel.dynamodb.botocore.transport import BotocoreTransport
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.table import Table
from tests.kernel.infrastructure.dynamodb.line import Line
from tests.kernel.service.settings import Settings


@pytest.fixture
def client():
    """A client of the given settings."""
    clients = []

    def client(**settings):
        clients.append(create_client(Settings.model_validate({"aws_region": "eu-west-1", **settings})))
        return clients[-1]

    yield client
    for each in clients:
        each.close()


def test_every_thread_finds_a_connection(client):
    config = client(threads=64, dynamodb_batch_threads=8).meta.config

    assert config.max_pool_connections == 64 + 8


def test_by_default_there_are_connections_for_all_threads(client):
    settings = Settings()

    assert client().meta.config.max_pool_connections >= settings.threads + settings.dynamodb_batch_threads


def test_connections_are_kept_alive_and_the_client_sends_each_request_once(client):
    config = client(dynamodb_attempts=7).meta.config

    assert config.tcp_keepalive is True
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}


def test_timeouts_region_and_endpoint_are_settings(client):
    made = client(
        dynamodb_connect_seconds=0.5,
        dynamodb_read_seconds=2.5,
        aws_region="eu-north-1",
        dynamodb_endpoint="http://127.0.0.1:8000",
    )

    assert (made.meta.config.connect_timeout, made.meta.config.read_timeout) == (0.5, 2.5)
    assert (made.meta.region_name, made.meta.endpoint_url) == ("eu-north-1", "http://127.0.0.1:8000")


def test_the_region_is_that_of_the_environment_unless_it_is_set(nothing_set):
    nothing_set.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    assert create_client(Settings()).meta.region_name == "eu-central-1"


def test_no_region_is_a_wrong_setup(nothing_set):
    with pytest.raises(Misconfigured, match="region"):
        create_client(Settings())


def test_a_profile_that_does_not_exist_is_a_wrong_setup(nothing_set):
    nothing_set.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(Misconfigured, match="nobody"):
        create_client(Settings(aws_region="eu-west-1"))


@pytest.mark.parametrize("endpoint", ["nonsense", "http://", "http://[::1"])
def test_an_endpoint_that_is_no_address_is_a_wrong_setup(client, endpoint):
    with pytest.raises(Misconfigured):
        client(dynamodb_endpoint=endpoint)


def test_no_credentials_are_a_wrong_setup(nothing_set, client):
    transport = BotocoreTransport(client())
    table, line = Table(transport, "tiny-service"), Line(transport.client)

    with pytest.raises(Misconfigured, match="credentials") as wrong:
        describe(table)

    assert isinstance(wrong.value.__cause__, NoCredentialsError)
    assert line.sent == []


@pytest.mark.parametrize("field", ["pk", "sk"])
def test_a_field_named_like_a_key_of_the_table_is_refused(field):
    kind = type("Odd", (Entity,), {"__annotations__": {field: str}})

    with pytest.raises(TypeError, match=f"Odd.{field}"):
        Mapper(kind, "ODD", (1,))
