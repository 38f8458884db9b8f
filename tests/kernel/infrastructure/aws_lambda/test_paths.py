"""What paths begin with before those of the API: a stage, a mapping key of a custom domain, or nothing."""

import json
from typing import Any

import pytest

from infrastructure.kernel.aws_lambda.api import create_api_handler
from tests.kernel.infrastructure.aws_lambda.gateway import of_somebody
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.endpoints import READ
from tests.kernel.service.settings import Settings

GATEWAY = "abcdefghij.execute-api.eu-west-1.amazonaws.com"
CHINA = f"{GATEWAY}.cn"
CUSTOM = "api.example.com"
FUNCTION = "abcdefghij.lambda-url.eu-west-1.on.aws"
LISTED: dict[str, Any] = {"items": [], "next_cursor": None}


def asked(path: str, *, domain: str, stage: str = "$default", base_path: str | None = None) -> tuple[int, Any]:
    """What a service answers that is asked for `path`."""
    container = Container()
    container.settings.override(Settings(event_bus="memory", lambda_base_path=base_path))
    payload = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {},
        "requestContext": {
            "apiId": "abcdefghij",
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "stage": stage,
            "http": {"method": "GET", "path": path},
            "authorizer": {"jwt": {"claims": of_somebody(READ)}},
        },
        "isBase64Encoded": False,
    }
    answer = create_api_handler(container, ENDPOINTS)(payload, Invocation())
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("domain", [GATEWAY, CHINA])
@pytest.mark.parametrize("stage", ["live", "crates"])
def test_at_an_address_of_api_gateway_the_stage_is_passed_over_whatever_it_is_called(domain, stage):
    assert asked(f"/{stage}/crates", domain=domain, stage=stage) == (200, LISTED)


@pytest.mark.parametrize("domain", [GATEWAY, CUSTOM, FUNCTION])
def test_without_a_stage_the_path_is_that_of_the_api(domain):
    assert asked("/crates", domain=domain) == (200, LISTED)


def test_at_a_domain_of_ones_own_the_path_is_that_of_the_api_whatever_the_stage_is_called():
    assert asked("/crates/lookup", domain=CUSTOM, stage="crates")[1]["type"] == "urn:problem-type:not-found"
    assert asked("/crates", domain=CUSTOM, stage="crates") == (200, LISTED)


@pytest.mark.parametrize("base_path", ["/v1", "/v1/", "v1", "/crates", "/a/b"])
def test_at_a_domain_of_ones_own_the_base_path_of_the_settings_is_passed_over(base_path):
    assert asked(f"/{base_path.strip('/')}/crates", domain=CUSTOM, stage="live", base_path=base_path) == (200, LISTED)


@pytest.mark.parametrize("path", ["/v1crates", "/v2/crates", "/v1", "/v1/v1/crates"])
def test_a_path_that_has_not_that_base_path_once_is_served_nothing(path):
    assert asked(path, domain=CUSTOM, base_path="/v1")[0] == 404
