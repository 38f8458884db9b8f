"""Credentials that have to be fetched, and cannot be."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from http.server import HTTPServer
from pathlib import Path

import pytest

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws import create_aws_client
from tests.kernel.ministack import NOBODY

CALLS = (
    ("dynamodb", "list_tables"),
    ("dynamodbstreams", "list_streams"),
    ("events", "list_event_buses"),
    ("s3", "list_buckets"),
    ("secretsmanager", "list_secrets"),
    ("ssm", "describe_parameters"),
)
ROLE = "arn:aws:iam::123456789012:role/nobody"
REFUSAL = "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"


def call(service: str, operation: str) -> None:
    getattr(create_aws_client(service, "AWS", region="eu-west-1", endpoint=NOBODY, attempts=1), operation)()


@contextmanager
def sts(code: str, status: int) -> Iterator[str]:
    """An STS that answers every request so, and where it is."""

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = REFUSAL.format(code=code).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def role(nothing_set: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A role that is assumed with a token, which is there, at an STS, which is not."""
    token = tmp_path / "token"
    token.write_text("token")
    nothing_set.setenv("AWS_ROLE_ARN", ROLE)
    nothing_set.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    nothing_set.setenv("AWS_ENDPOINT_URL_STS", NOBODY)
    nothing_set.setenv("AWS_MAX_ATTEMPTS", "1")
    return nothing_set


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_a_token_file_that_is_missing_is_a_wrong_setup(role, service, operation):
    role.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token")

    with pytest.raises(Misconfigured, match=r"AWS cannot be called, for there are no credentials: .*/nowhere/token"):
        call(service, operation)


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("AccessDenied", 403, Misconfigured),
        ("InvalidIdentityToken", 400, Misconfigured),
        ("Throttling", 400, Unavailable),
        ("InternalFailure", 500, Unavailable),
    ],
)
def test_a_role_that_may_not_be_assumed_is_a_wrong_setup_and_one_that_cannot_be_now_is_unavailable(
    role, code, status, error
):
    with sts(code, status) as endpoint:
        role.setenv("AWS_ENDPOINT_URL_STS", endpoint)

        with pytest.raises(error, match=f"AWS cannot be called, for there are no credentials: .*{code}"):
            call("dynamodb", "list_tables")


def test_credentials_from_a_service_that_does_not_answer_are_unavailable(role):
    with pytest.raises(Unavailable, match="AWS cannot be called, for there are no credentials"):
        call("dynamodb", "list_tables")


def test_a_program_for_credentials_that_is_missing_is_a_wrong_setup(nothing_set, tmp_path):
    (tmp_path / "config").write_text("[profile other]\ncredential_process = /nowhere/program\n")
    nothing_set.setenv("AWS_PROFILE", "other")

    with pytest.raises(Misconfigured, match=r"AWS cannot be called: .*/nowhere/program"):
        call("dynamodb", "list_tables")
