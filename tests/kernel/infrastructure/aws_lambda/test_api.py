"""The handler of the API: what API Gateway gives it in ways of its own. All else is in the scenarios of the API."""

import base64
import json
from typing import Any

import httpx
import pytest

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel.aws_lambda.api import create_api_handler
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.aws_lambda.gateway import ApiGateway
from tests.kernel.infrastructure.aws_lambda.gateway import of_somebody
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.endpoints import READ
from tests.kernel.service.endpoints import WRITE


@pytest.fixture
def handle():
    return create_api_handler(an_in_memory_container(), ENDPOINTS)


def a_request(method: str = "GET", path: str = "/crates", query: str = "", **more: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"Content-Type": "application/json"},
        "requestContext": {
            "stage": "$default",
            "http": {"method": method, "path": path},
            "authorizer": {"jwt": {"claims": of_somebody(READ, WRITE)}},
        },
        "isBase64Encoded": False,
        **more,
    }


def told(answer: dict[str, Any]) -> Any:
    return json.loads(answer["body"])


@pytest.mark.parametrize("is_encoded", [True, False], ids=["in-base64", "as-text"])
def test_a_body_is_read_in_base64_and_as_text(handle, is_encoded):
    text = json.dumps({"name": "Ünited 🏟"}, ensure_ascii=False)
    body = base64.b64encode(text.encode()).decode() if is_encoded else text

    created = handle(a_request("POST", body=body, isBase64Encoded=is_encoded), Invocation())

    assert created["statusCode"] == 201
    assert told(created)["name"] == "Ünited 🏟"
    assert created["headers"]["location"] == f"/crates/{told(created)['id']}"


def test_a_stage_in_the_path_is_passed_over():
    gateway = ApiGateway(create_api_handler(an_in_memory_container(), ENDPOINTS), stage="live")

    with httpx.Client(transport=gateway, base_url="http://gateway.example") as client:
        answer = client.get("/crates")

    assert answer.json() == {"items": [], "next_cursor": None}


def test_a_query_is_decoded_and_a_parameter_that_comes_twice_is_refused(handle):
    handle(a_request("POST", body='{"name": "Southern Rail"}'), Invocation())

    found = handle(a_request(query="prefix=s%C3%B3uthern+r&limit=5"), Invocation())
    twice = handle(a_request(query="limit=5&limit=6"), Invocation())

    assert [item["name"] for item in told(found)["items"]] == ["Southern Rail"]
    assert (twice["statusCode"], told(twice)["errors"]) == (422, [{"input": "limit", "rule": "must be given once"}])


def test_a_path_is_decoded_once(handle):
    encoded, encoded_twice = (
        handle(a_request(path="/health/%6Cive"), Invocation()),
        handle(a_request(path="/health/%256Cive"), Invocation()),
    )

    assert (encoded["statusCode"], encoded_twice["statusCode"]) == (200, 404)


def test_stores_are_kept_from_one_call_to_the_next(handle):
    created = told(handle(a_request("POST", body='{"name": "Southern Rail"}'), Invocation()))

    assert told(handle(a_request(path=f"/crates/{created['id']}"), Invocation())) == created


@pytest.mark.parametrize("payload", [{}, {"version": "1.0"}, {"Records": []}], ids=str)
def test_what_is_no_request_in_payload_format_2_is_refused(handle, payload):
    with pytest.raises(InvalidArgument, match=r"version: must be 2\.0"):
        handle(payload, Invocation())
