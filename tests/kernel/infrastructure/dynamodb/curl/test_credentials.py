"""Credentials of the container endpoint: fetched once, renewed in time, and used on if that fails."""

import json
from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel import copies
from infrastructure.kernel.dynamodb.curl.credentials import RENEWED
from infrastructure.kernel.dynamodb.curl.credentials import ContainerCredentials
from infrastructure.kernel.dynamodb.curl.credentials import Keys
from tests.kernel.infrastructure.dynamodb.curl.server import answering

URL = "http://127.0.0.1:1/credentials"


class Endpoint:
    """A container endpoint whose keys have numbers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.ends_in = timedelta(hours=6)
        self.error: Exception | None = None

    def __call__(self, url, headers):
        self.asked.append((url, dict(headers)))
        if self.error is not None:
            raise self.error
        return an_answer(str(len(self.asked)), self.ends_in)


def an_answer(number, ends_in):
    end = (datetime.now(UTC) + ends_in).isoformat().replace("+00:00", "Z")
    told = {"AccessKeyId": f"id-{number}", "SecretAccessKey": "secret", "Token": "token", "Expiration": end}
    return json.dumps(told).encode()


@pytest.fixture
def endpoint():
    return Endpoint()


@pytest.fixture
def credentials(endpoint):
    return ContainerCredentials({"AWS_CONTAINER_CREDENTIALS_FULL_URI": URL}, endpoint)


def test_keys_are_fetched_once(credentials, endpoint):
    assert [credentials.keys() for _ in range(3)] == [Keys("id-1", "secret", "token")] * 3
    assert endpoint.asked == [(URL, {})]


def test_keys_are_renewed_before_their_end(credentials, endpoint):
    endpoint.ends_in = RENEWED - timedelta(seconds=1)

    assert [credentials.keys().id for _ in range(2)] == ["id-1", "id-2"]


def test_keys_that_cannot_be_renewed_are_used_on_and_not_asked_for_each_time(credentials, endpoint):
    endpoint.ends_in = RENEWED - timedelta(seconds=1)
    credentials.keys()
    endpoint.error = OSError("refused")

    assert [credentials.keys().id for _ in range(3)] == ["id-1"] * 3
    assert len(endpoint.asked) == 2


@pytest.mark.parametrize(
    ("error", "means"), [(OSError("refused"), Unavailable), (ValueError("no JSON"), Misconfigured)]
)
def test_keys_at_their_end_that_cannot_be_renewed_are_no_keys(credentials, endpoint, error, means):
    endpoint.ends_in = timedelta(seconds=-1)
    credentials.keys()
    endpoint.error = error

    with pytest.raises(means, match="container endpoint"):
        credentials.keys()


def test_keys_that_were_forgotten_are_fetched_again(credentials):
    credentials.keys()

    credentials.forget()

    assert credentials.keys().id == "id-2"


def test_the_endpoint_of_ecs_is_relative_to_its_host(endpoint):
    ContainerCredentials({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/role"}, endpoint).keys()

    assert endpoint.asked == [("http://169.254.170.2/v2/role", {})]


def test_the_token_may_be_in_a_file_that_changes(endpoint, tmp_path):
    file = tmp_path / "token"
    environment = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": URL,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "ignored",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file),
    }
    credentials = ContainerCredentials(environment, endpoint)
    for token in ("first", "second"):
        file.write_text(f"{token}\n", encoding="utf-8")
        credentials.forget()
        credentials.keys()

    assert [headers for _, headers in endpoint.asked] == [{"Authorization": "first"}, {"Authorization": "second"}]


@pytest.mark.parametrize("url", ["http://example.org/", "http://127.0.0.1.example.org/", "ftp://127.0.0.1/", "x"])
def test_an_endpoint_that_is_neither_near_nor_by_https_is_not_asked(endpoint, url):
    with pytest.raises(Misconfigured, match="AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        ContainerCredentials({"AWS_CONTAINER_CREDENTIALS_FULL_URI": url}, endpoint)


@pytest.fixture
def transport_of_a_container(create, server, alone):
    """A transport with the credentials of the container endpoint."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        alone.delenv(name)
    alone.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.address}/credentials")
    alone.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let-me-in")
    return create()


def test_a_connection_that_stays_open_is_used_with_the_keys_of_now(transport_of_a_container, server):
    soon = RENEWED - timedelta(seconds=1)
    server.replies = [
        answering(200, an_answer("1", soon)),
        answering(200),
        answering(200, an_answer("2", soon)),
        answering(200),
    ]

    transport_of_a_container.send("GetItem", b"{}")
    transport_of_a_container.send("GetItem", b"{}")

    _, first, _, second = server.received
    assert first.connection == second.connection
    assert "Credential=id-2/" in second.headers["authorization"]


def test_requests_are_signed_with_the_keys_of_the_endpoint(transport_of_a_container, server):
    transport = transport_of_a_container
    server.replies = [
        answering(200, an_answer("1", timedelta(hours=1))),
        answering(200),
        answering(200, an_answer("2", timedelta(hours=1))),
    ]

    transport.send("GetItem", b"{}")
    copies.renew()
    transport.send("GetItem", b"{}")

    asked, first, _, second = (received.headers for received in server.received)
    assert asked["authorization"] == "let-me-in"
    assert "Credential=id-1/" in first["authorization"]
    assert "Credential=id-2/" in second["authorization"]
    assert first["x-amz-security-token"] == "token"
