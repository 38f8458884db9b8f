"""What the client of botocore's says or raises, as an answer, or as an error of the transport."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from botocore.exceptions import ConnectTimeoutError
from botocore.exceptions import CredentialRetrievalError
from botocore.exceptions import EndpointConnectionError
from botocore.exceptions import HTTPClientError
from botocore.exceptions import NoCredentialsError
from botocore.exceptions import PartialCredentialsError
from botocore.exceptions import ProxyConnectionError
from botocore.exceptions import ReadTimeoutError
from botocore.exceptions import SSLError
from botocore.exceptions import TokenRetrievalError
from botocore.exceptions import UnauthorizedSSOTokenError

from domain.kernel.errors import Misconfigured
from infrastructure.kernel import clock_skew
from infrastructure.kernel.dynamodb.botocore.transport import BotocoreTransport
from infrastructure.kernel.dynamodb.botocore.transport import create
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import NoAnswer
from infrastructure.kernel.dynamodb.transport import NotSent
from tests.kernel.infrastructure.dynamodb.line import JSON
from tests.kernel.infrastructure.dynamodb.line import URL
from tests.kernel.infrastructure.dynamodb.line import Line
from tests.kernel.infrastructure.dynamodb.line import an_answer
from tests.kernel.infrastructure.dynamodb.line import raising
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.service.settings import Settings

BODY = b'{"TableName":"tiny-service"}'


@pytest.fixture
def transport(monkeypatch):
    """A transport that leads nowhere."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    transport = create(Settings(aws_region="eu-west-1"))
    assert isinstance(transport, BotocoreTransport)
    yield transport
    transport.close()


@pytest.fixture(autouse=True)
def no_skew_is_known(monkeypatch):
    monkeypatch.setattr(clock_skew._Skew, "by", timedelta())


@pytest.fixture
def line(transport):
    return Line(transport.client)


@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems", "DescribeTable"])
def test_requests_and_answers_pass_as_they_are(transport, line, operation):
    line.replies = [lambda _: an_answer(200, JSON, b'{"Something": "new"}')]

    assert transport.send(operation, BODY) == Answer(200, b'{"Something": "new"}')
    assert [(request.body, request.headers["X-Amz-Target"]) for request in line.sent] == [
        (BODY, f"DynamoDB_20120810.{operation}".encode())
    ]


@pytest.mark.parametrize(
    ("status", "head", "body"),
    [
        (400, JSON, b'{"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "message": "no"}'),
        (400, JSON, b'{"__type": "TransactionCanceledException", "CancellationReasons": 7}'),
        (403, JSON, b"{}"),
        (503, {"Content-Type": "text/html"}, b"<html>"),
    ],
    ids=["error", "misshapen-error", "bare", "page-of-a-failure"],
)
def test_errors_pass_as_they_are(transport, line, status, head, body):
    line.replies = [lambda _: an_answer(status, head, body)]

    assert transport.send("PutItem", BODY) == Answer(status, body)


DAMAGED: dict[str, tuple[dict[str, Any], bytes]] = {
    "not JSON": (JSON, b"{}x"),
    "nothing": (JSON, b""),
    "no type": ({}, b"{}"),
    "a wrong checksum": ({**JSON, "x-amz-crc32": "1"}, b"{}"),
    "cut short": ({**JSON, "Content-Length": "3"}, b"{}"),
}


@pytest.mark.parametrize(("head", "body"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_answer_is_no_answer(transport, line, head, body):
    line.replies = [lambda _: an_answer(200, head, body)]

    with pytest.raises(NoAnswer):
        transport.send("PutItem", BODY)


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (EndpointConnectionError(endpoint_url=URL), NotSent),
        (ConnectTimeoutError(endpoint_url=URL), NotSent),
        (ProxyConnectionError(proxy_url=URL), NotSent),
        (ReadTimeoutError(endpoint_url=URL), NoAnswer),
        (ConnectionClosedError(endpoint_url=URL), NoAnswer),
        (SSLError(endpoint_url=URL, error=OSError("bad record")), NoAnswer),
        (HTTPClientError(error="…"), NoAnswer),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_tells_whether_the_request_may_have_arrived(transport, line, error, means):
    line.replies = [raising(error)]

    with pytest.raises(means) as raised:
        transport.send("PutItem", BODY)

    assert raised.value.__cause__ is error


def test_an_attempt_without_an_answer_is_not_taken_for_the_one_before_that_was_refused_for_the_clock(transport, line):
    there = datetime.now(UTC) + timedelta(hours=1)
    refused = b'{"__type": "com.amazon.coral.service#InvalidSignatureException", "message": "Signature expired"}'
    line.replies = [
        lambda _: an_answer(400, {**JSON, "Date": format_datetime(there, usegmt=True)}, refused),
        raising(ReadTimeoutError(endpoint_url=URL)),
    ]

    with pytest.raises(NoAnswer):
        transport.send("PutItem", BODY)

    assert len(line.sent) == 2


@pytest.mark.parametrize(
    "error",
    [
        NoCredentialsError(),
        PartialCredentialsError(provider="env", cred_var="aws_secret_access_key"),
        CredentialRetrievalError(provider="custom-process", error_msg="…"),
        TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
        UnauthorizedSSOTokenError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_credentials_that_cannot_be_had_are_a_wrong_setup(transport, line, error):
    def fail(**_: object) -> None:
        raise error

    transport.client.meta.events.register("before-call.dynamodb", fail)

    with pytest.raises(Misconfigured) as wrong:
        transport.send("GetItem", BODY)

    assert wrong.value.__cause__ is error
    assert line.sent == []
