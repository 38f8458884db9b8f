"""The OpenAPI document is valid, complete and served."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.api.health import HEALTH
from infrastructure.kernel.http.app import create_app
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS

DOCUMENT = create_app(an_in_memory_container(), ENDPOINTS, host="127.0.0.1").openapi()
OPERATIONS = {each: DOCUMENT["paths"][each.path][each.method.lower()] for each in (*HEALTH, *ENDPOINTS)}
REF = "#/components/schemas/"
PROBLEM = "application/problem+json"

every_operation = pytest.mark.parametrize(
    "endpoint", OPERATIONS, ids=[f"{endpoint.method} {endpoint.path}" for endpoint in OPERATIONS]
)


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


def resolved(schema: Any) -> Any:
    """`schema` such that a validator finds what it refers to."""
    return {**schema, "components": DOCUMENT["components"]}


def references(part: Any) -> Iterator[str]:
    """All that is referred to in `part`."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for member in part.values():
            yield from references(member)
    elif isinstance(part, list):
        for member in part:
            yield from references(member)


def test_the_document_is_valid_openapi():
    validate(DOCUMENT)


def test_the_document_is_served_as_it_is(served):
    answer = served.get("/openapi.json")

    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(DOCUMENT))


def test_the_documentation_page_reads_the_document(served):
    answer = served.get("/docs")

    assert answer.status_code == 200
    assert "/openapi.json" in answer.text


def test_nothing_refers_to_what_is_not_there_and_nothing_is_there_unused():
    components = {
        f"#/components/{kind}/{name}" for kind in ("headers", "schemas") for name in DOCUMENT["components"][kind]
    }

    referred = set(references(DOCUMENT))

    assert referred == components


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does():
    ids = [operation["operationId"] for operation in OPERATIONS.values()]

    assert sum(map(len, DOCUMENT["paths"].values())) == len(ids) == len(set(ids))
    assert all(operation["summary"].endswith(".") for operation in OPERATIONS.values())


@every_operation
def test_every_error_of_an_operation_has_an_example_that_fits_the_schema(endpoint: Endpoint):
    responses = OPERATIONS[endpoint]["responses"]
    errors = {status: response for status, response in responses.items() if status >= "400"}

    assert set(errors) >= {"500", *(("400", "413", "415", "422") if endpoint.has_body else ())}
    assert list(responses) == [str(int(endpoint.status)), *sorted(errors)]
    for status, response in errors.items():
        content = response["content"][PROBLEM]
        assert content["examples"]
        for name, example in content["examples"].items():
            Draft202012Validator(resolved(content["schema"])).validate(example["value"])
            assert example["value"]["type"].endswith(f":{name}")
            assert example["value"]["status"] == int(status)


@every_operation
def test_every_answer_of_an_operation_has_the_id_of_the_request(endpoint: Endpoint):
    for answer in OPERATIONS[endpoint]["responses"].values():
        kind, name = answer["headers"]["X-Request-Id"]["$ref"].split("/")[2:]
        assert DOCUMENT["components"][kind][name]["schema"] == {"type": "string"}


@every_operation
def test_every_error_of_a_use_case_is_documented(endpoint: Endpoint):
    documented = {
        name
        for status, response in OPERATIONS[endpoint]["responses"].items()
        if status >= "400"
        for name in response["content"][PROBLEM]["examples"]
    }

    assert {openapi_kind(error) for error in endpoint.errors} <= documented
    assert ("precondition-failed" in documented) == (endpoint.method != "GET")


def openapi_kind(error: type[Exception]) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in error.__name__).strip("-")


@every_operation
def test_every_body_has_an_example_that_the_operation_takes(endpoint: Endpoint):
    operation = OPERATIONS[endpoint]
    if not endpoint.has_body:
        assert "requestBody" not in operation
        return

    content = operation["requestBody"]["content"]["application/json"]

    Draft202012Validator(resolved(content["schema"])).validate(content["example"])
    schema = DOCUMENT["components"]["schemas"][content["schema"]["$ref"].removeprefix(REF)]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == endpoint.in_payload
    assert not endpoint.in_payload & {"id", "expected_version", "version"}


@every_operation
def test_every_parameter_is_documented_where_it_is_taken(endpoint: Endpoint):
    parameters = {(each["in"], each["name"]) for each in OPERATIONS[endpoint].get("parameters", ())}

    in_query = () if endpoint.has_body else endpoint.in_payload
    if_match = {("header", "If-Match")} if endpoint.is_versioned else set()
    assert parameters == {("path", n) for n in endpoint.in_path} | {("query", n) for n in in_query} | if_match
