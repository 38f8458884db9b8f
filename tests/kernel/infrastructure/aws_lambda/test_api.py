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
    handler = create_api_handler(an_in_memory_container(), ENDPOINTS)
    gateway = ApiGateway(handler, authorizer=lambda _: of_somebody(READ), stage="live")

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


def claimed(**claims: object) -> dict[str, Any]:
    """A request with such claims of a token."""
    asked = a_request()
    asked["requestContext"]["authorizer"]["jwt"]["claims"] = {"sub": "ann", **claims}
    return asked


@pytest.mark.parametrize("name", ["scope", "scp"])
def test_a_list_of_scopes_comes_as_a_text_in_brackets(handle, name):
    several, one, none = (
        handle(claimed(**{name: scopes}), Invocation()) for scopes in (f"[x {READ} y]", f"[{READ}]", "[]")
    )

    assert (several["statusCode"], one["statusCode"], none["statusCode"]) == (200, 200, 403)


@pytest.mark.parametrize(
    "scope",
    [f"[{READ}x", f"x{READ}]", f"x,{READ}", f"x\t{READ}", f"[x\n{READ}]", f"[[{READ}]]", {READ: READ}, None],
    ids=ascii,
)
def test_what_is_no_list_of_scopes_gives_none(handle, scope):
    assert handle(claimed(scope=scope), Invocation())["statusCode"] == 403


@pytest.mark.parametrize(
    "authorizer",
    [
        {},
        None,
        {"jwt": None},
        {"jwt": {"claims": None}},
        {"jwt": {"claims": {}}},
        {"jwt": {"claims": {"sub": "", "scope": READ}}},
        {"lambda": {"claims": of_somebody(READ)}},
        {"claims": of_somebody(READ)},
    ],
    ids=str,
)
def test_without_the_claims_of_a_jwt_authorizer_nobody_is_served(handle, authorizer):
    asked = a_request()
    asked["requestContext"]["authorizer"] = authorizer

    assert handle(asked, Invocation())["statusCode"] == 401
