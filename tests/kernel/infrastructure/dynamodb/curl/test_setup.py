"""When libcurl calls DynamoDB, and when it has to leave that to botocore."""

import subprocess
import sys
from pathlib import Path

import pytest

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.dynamodb.botocore.transport import BotocoreTransport
from infrastructure.kernel.dynamodb.curl.setup import create_setup
from infrastructure.kernel.dynamodb.curl.setup import reason_for_botocore
from infrastructure.kernel.dynamodb.transport import create_transport
from tests.kernel.service.settings import Settings

ROOT = Path(__file__).parents[5]
KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_CONFIG_FILE": "/nowhere"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1", "AWS_CONFIG_FILE": "/nowhere"}
AT_HOME = Settings(aws_region="eu-west-1")
REASONS = {
    "FIPS": {**KEYS, "AWS_USE_FIPS_ENDPOINT": "true"},
    "dual-stack": {**KEYS, "AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "an endpoint": {**KEYS, "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1"},
    "a profile": {**KEYS, "AWS_PROFILE": "mine"},
    "a proxy": {**KEYS, "https_proxy": "http://proxy.example"},
    "the credentials are neither": {"AWS_CONFIG_FILE": "/nowhere", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"},
    "a configuration file": {**KEYS, "AWS_CONFIG_FILE": __file__},
}


@pytest.mark.parametrize("environment", [KEYS, CONTAINER, {**KEYS, "AWS_USE_FIPS_ENDPOINT": "false"}])
def test_libcurl_does_what_is_usual_on_lambda_and_in_containers(environment):
    assert reason_for_botocore(AT_HOME, environment) is None


@pytest.mark.parametrize(("said", "environment"), REASONS.items(), ids=[name.replace(" ", "-") for name in REASONS])
def test_what_only_botocore_can_do_is_said(said, environment):
    assert said in str(reason_for_botocore(AT_HOME, environment))


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1"])
def test_a_region_whose_hosts_are_called_otherwise_is_left_to_botocore(region):
    assert region in str(reason_for_botocore(Settings(aws_region=region), KEYS))


def test_a_server_on_this_machine_needs_no_proxy():
    settings = Settings(aws_region="eu-west-1", dynamodb_endpoint="http://127.0.0.1:8000")

    assert reason_for_botocore(settings, {**KEYS, "https_proxy": "http://proxy.example"}) is None


def test_botocore_takes_its_place_and_the_log_says_why_once(alone, caplog):
    alone.setenv("AWS_USE_FIPS_ENDPOINT", "true")

    transport = create_transport(Settings(aws_region="eu-west-1", dynamodb_transport="curl"))
    transport.close()

    assert isinstance(transport, BotocoreTransport)
    assert [record.message for record in caplog.records] == [
        "botocore calls DynamoDB in place of curl: AWS_USE_FIPS_ENDPOINT asks for FIPS endpoints"
    ]


def test_the_endpoint_is_that_of_the_region_of_the_settings_or_the_environment():
    settings, nowhere = Settings(), Settings(aws_region="eu-north-1")

    assert create_setup(nowhere, KEYS).url == "https://dynamodb.eu-north-1.amazonaws.com"
    assert create_setup(settings, {**KEYS, "AWS_DEFAULT_REGION": "us-east-1"}).url.endswith(".us-east-1.amazonaws.com")


def test_certificates_are_those_that_botocore_trusts_unless_others_are_set():
    assert create_setup(AT_HOME, KEYS).ca_bundle.endswith("botocore/cacert.pem")
    assert create_setup(AT_HOME, {**KEYS, "AWS_CA_BUNDLE": "/ca.pem"}).ca_bundle == "/ca.pem"


def test_no_region_is_a_wrong_setup():
    with pytest.raises(Misconfigured, match="region"):
        create_setup(Settings(), KEYS)


@pytest.mark.parametrize(
    "endpoint", ["nonsense", "http://", "http://[::1", "ftp://127.0.0.1", "http://a b", "http://u:p@127.0.0.1"]
)
def test_an_endpoint_that_is_no_address_is_a_wrong_setup(endpoint):
    with pytest.raises(Misconfigured, match="endpoint"):
        create_setup(Settings(aws_region="eu-west-1", dynamodb_endpoint=endpoint), KEYS)


WITH_MOTO = """
from moto import mock_aws
from domain.kernel.errors import Misconfigured
from infrastructure.kernel.dynamodb.transport import create_transport
from tests.kernel.service.settings import Settings

with mock_aws():
    try:
        create_transport(Settings(aws_region="eu-west-1", dynamodb_transport="curl"))
    except Misconfigured as exc:
        print(exc)
"""


def test_moto_itself_is_recognised(alone):
    ended = subprocess.run([sys.executable, "-c", WITH_MOTO], cwd=ROOT, capture_output=True, text=True)

    assert "must not be used while moto is active" in ended.stdout, ended.stderr
