"""Whom the environment leads to, and how it is told that it leads to nobody."""

import pytest
from botocore.exceptions import ClientError

from deploy.kernel.aws import Aws
from deploy.kernel.aws import translated
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from tests.kernel.ministack import NOBODY


@pytest.fixture(autouse=True)
def monkeypatch(nothing_set):
    """Of a machine that knows nothing of AWS, whatever runs beside these tests: moto sets credentials of its own."""
    return nothing_set


def test_without_a_region_it_is_told_which_variable_to_set():
    with pytest.raises(Misconfigured, match="no AWS Region: set AWS_REGION"):
        Aws.of_environment()


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_without_credentials_it_is_told_which_variables_to_set(monkeypatch, variable):
    monkeypatch.setenv(variable, "eu-west-1")

    with pytest.raises(Misconfigured, match="no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID"):
        Aws.of_environment()


def test_a_profile_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(Misconfigured, match=r"AWS_PROFILE: .*nobody"):
        Aws.of_environment()


def test_a_server_that_does_not_answer_is_told_from_wrong_credentials(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOBODY)

    with pytest.raises(Unavailable, match="Could not connect to the endpoint URL"):
        Aws.of_environment()


@pytest.mark.parametrize(
    ("code", "error", "told"),
    [
        ("ExpiredToken", Misconfigured, "AWS does not accept the credentials"),
        ("InvalidClientTokenId", Misconfigured, "AWS does not accept the credentials"),
        ("AccessDenied", Misconfigured, "the credentials may not do that"),
        ("AccessDeniedException", Misconfigured, "the credentials may not do that"),
        ("Throttling", Unavailable, "when calling the CreateChangeSet operation"),
    ],
)
def test_an_error_of_aws_is_told_with_the_call_that_it_answers(code, error, told):
    with pytest.raises(error, match=told) as raised, translated():
        raise ClientError({"Error": {"Code": code, "Message": "not you"}}, "CreateChangeSet")

    assert "CreateChangeSet operation: not you" in str(raised.value)
