"""Which changes of the API break its callers, and which changes of the events their consumers."""

from copy import deepcopy
from typing import Any

import pytest

from deploy.kernel.breaking_changes import broken_calls
from deploy.kernel.breaking_changes import broken_events
from infrastructure.kernel.events.schemas import event_schema
from infrastructure.kernel.http.app import openapi_document
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.parcels import Parcel0
from tests.kernel.service.parcels import Parcel1
from tests.kernel.service.parcels import Parcel2
from tests.kernel.service.settings import SOURCE

TEXT = {"type": "string"}
JSON = "application/json"


def a_document() -> dict[str, Any]:
    """One path with one operation, that has all that an operation can have."""
    body = {"type": "object", "properties": {"name": TEXT, "note": TEXT}, "required": ["name"]}
    operation = {
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": TEXT},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
            {"name": "If-Match", "in": "header", "schema": TEXT},
        ],
        "requestBody": {"required": False, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Body"}}}},
        "responses": {
            "200": {
                "headers": {"ETag": {"schema": TEXT}},
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/Crate"}}},
            },
            "404": {"content": {"application/problem+json": {"schema": TEXT}}},
        },
        "security": [{"oauth": ["crates:write"]}],
    }
    crate = {"type": "object", "properties": {"id": TEXT, "name": TEXT}, "required": ["id", "name"]}
    return {
        "paths": {"/crates/{id}": {"patch": operation}},
        "components": {"schemas": {"Body": body, "Crate": crate}},
    }


class Changed:
    """The document, and the parts of it that a test changes."""

    def __init__(self) -> None:
        self.document = a_document()
        self.methods = self.document["paths"]["/crates/{id}"]
        self.operation = self.methods["patch"]
        self.body = self.document["components"]["schemas"]["Body"]
        self.crate = self.document["components"]["schemas"]["Crate"]

    def breaks(self) -> list[str]:
        return [*broken_calls(a_document(), self.document)]


@pytest.fixture
def changed() -> Changed:
    return Changed()


def test_the_same_api_breaks_nobody(changed):
    real = openapi_document(SOURCE, ENDPOINTS)

    assert changed.breaks() == [*broken_calls(real, deepcopy(real))] == []


def test_a_new_operation_breaks_nobody(changed):
    changed.methods["delete"] = changed.operation
    changed.document["paths"]["/boxes"] = {"get": changed.operation}

    assert changed.breaks() == []


def test_another_name_of_a_path_parameter_breaks_nobody(changed):
    changed.document["paths"] = {"/crates/{crate}": changed.methods}
    changed.operation["parameters"][0]["name"] = "crate"

    assert changed.breaks() == []


def test_an_operation_that_was_removed_is_named(changed):
    changed.methods["put"] = changed.methods.pop("patch")

    assert changed.breaks() == ["PATCH /crates/{id}: was removed"]


def test_another_path_is_another_operation(changed):
    changed.document["paths"] = {"/boxes/{id}": changed.methods}

    assert changed.breaks() == ["PATCH /crates/{id}: was removed"]


@pytest.mark.parametrize(
    ("security", "told"),
    [
        ([{"oauth": ["crates:write"]}], []),
        ([{"bearer": ["crates:write"]}], []),
        ([{}], []),
        ([], []),
        ([{"oauth": []}], []),
        ([{"oauth": ["crates:admin"]}, {"oauth": ["crates:write"]}], []),
        ([{"oauth": ["crates:admin"]}], ["needs crates:admin now"]),
        ([{"oauth": ["crates:read", "crates:write"]}], ["needs crates:read now"]),
    ],
)
def test_a_scope_that_callers_may_not_have_is_named(changed, security, told):
    changed.operation["security"] = security

    assert changed.breaks() == [f"PATCH /crates/{{id}}: {line}" for line in told]


def test_an_operation_that_was_public_must_not_ask_for_a_token():
    public, closed = a_document(), a_document()
    del public["paths"]["/crates/{id}"]["patch"]["security"]

    assert [*broken_calls(public, closed)] == ["PATCH /crates/{id}: needs a token and crates:write now"]


def test_the_security_of_the_document_is_that_of_operations_that_say_none(changed):
    del changed.operation["security"]
    changed.document["security"] = [{"oauth": ["crates:admin"]}]

    assert changed.breaks() == ["PATCH /crates/{id}: needs crates:admin now"]


def test_parameters_that_are_gone_required_or_narrower_are_named(changed):
    _, limit, if_match = changed.operation["parameters"]
    limit["schema"] = {"type": "integer", "maximum": 50}
    if_match["required"] = True
    changed.operation["parameters"] += [{"name": "city", "in": "query", "required": True, "schema": TEXT}]

    assert changed.breaks() == [
        "PATCH /crates/{id}: query parameter limit: maximum is 50, was 100",
        "PATCH /crates/{id}: header parameter If-Match: is required now",
        "PATCH /crates/{id}: query parameter city: is required now",
    ]

    changed.operation["parameters"] = []
    assert changed.breaks() == [
        "PATCH /crates/{id}: path parameter 1: was removed",
        "PATCH /crates/{id}: query parameter limit: was removed",
        "PATCH /crates/{id}: header parameter If-Match: was removed",
    ]


def test_a_new_optional_parameter_breaks_nobody(changed):
    changed.operation["parameters"] += [{"name": "city", "in": "query", "schema": TEXT}]

    assert changed.breaks() == []


def test_fields_of_the_request_that_are_required_gone_or_narrower_are_named(changed):
    changed.body["properties"] = {"name": {**TEXT, "maxLength": 9}, "city": TEXT}
    changed.body["required"] = ["name", "city"]

    assert changed.breaks() == [
        "PATCH /crates/{id}: request, field name: maxLength is 9, was null",
        "PATCH /crates/{id}: request, field note: was removed",
        "PATCH /crates/{id}: request, field city: is required now",
    ]


def test_a_body_that_is_required_now_or_not_taken_any_more_is_named(changed):
    changed.operation["requestBody"]["required"] = True
    assert changed.breaks() == ["PATCH /crates/{id}: request: is required now"]

    changed.operation["requestBody"] = {"content": {"text/csv": {}}}
    assert changed.breaks() == ["PATCH /crates/{id}: request as application/json: was removed"]

    del changed.operation["requestBody"]
    assert changed.breaks() == ["PATCH /crates/{id}: request: was removed"]


def test_a_body_where_there_was_none_breaks_callers_if_it_is_required():
    old, new = a_document(), a_document()
    del old["paths"]["/crates/{id}"]["patch"]["requestBody"]
    assert [*broken_calls(old, new)] == []

    new["paths"]["/crates/{id}"]["patch"]["requestBody"]["required"] = True
    assert [*broken_calls(old, new)] == ["PATCH /crates/{id}: request: is required now"]


def test_fields_and_headers_of_the_answer_that_are_gone_or_optional_are_named(changed):
    changed.crate["properties"] = {"id": TEXT}
    changed.crate["required"] = []
    changed.operation["responses"]["200"]["headers"] = {}

    assert changed.breaks() == [
        "PATCH /crates/{id}: answer 200, header ETag: was removed",
        "PATCH /crates/{id}: answer 200, field name: was removed",
        "PATCH /crates/{id}: answer 200, field id: is optional now",
    ]


def test_new_fields_of_the_answer_break_nobody(changed):
    changed.crate["properties"]["city"] = TEXT
    changed.crate["required"] += ["city"]

    assert changed.breaks() == []


def test_another_answer_to_what_succeeds_is_named_and_other_failures_are_not(changed):
    responses = changed.operation["responses"]
    responses["201"] = responses.pop("200")
    responses["409"] = responses.pop("404")

    assert changed.breaks() == ["PATCH /crates/{id}: answer 200: was removed"]


def test_an_answer_in_another_form_is_named(changed):
    changed.operation["responses"]["200"]["content"] = {"text/csv": {}}

    assert changed.breaks() == ["PATCH /crates/{id}: answer 200 as application/json: was removed"]


def test_a_failure_that_looks_different_is_named(changed):
    changed.operation["responses"]["404"]["content"]["application/problem+json"]["schema"] = {"type": "object"}

    assert changed.breaks() == ["PATCH /crates/{id}: answer 404: type is object, was string"]


def test_the_same_events_and_new_ones_break_nobody():
    schema = event_schema(CrateRenamed, SOURCE)

    assert [*broken_events({"CrateRenamed": schema}, {"CrateRenamed": schema, "CrateMoved": schema})] == []


def test_an_event_or_a_field_of_it_that_was_removed_is_named():
    old, new = event_schema(CrateRenamed, SOURCE), event_schema(CrateRenamed, SOURCE)
    [field, *_] = new["properties"]["data"]["properties"]
    del new["properties"]["data"]["properties"][field]

    assert [*broken_events({"CrateRenamed": old}, {"CrateRenamed": new})] == [
        f"CrateRenamed, field data.{field}: was removed"
    ]
    assert [*broken_events({"CrateRenamed": old}, {})] == ["CrateRenamed: was removed"]


def test_a_field_that_upcasters_replace_is_removed_for_consumers_unless_a_computed_field_keeps_its_name():
    before, renamed, split = (kind.model_json_schema(mode="serialization") for kind in (Parcel0, Parcel1, Parcel2))

    assert [*broken_events({"Parcel": before}, {"Parcel": renamed})] == []
    assert [*broken_events({"Parcel": renamed}, {"Parcel": split})] == [
        "Parcel, field sender: was removed",
        "Parcel, field name: was removed",
    ]


def test_events_from_another_source_are_named():
    old, new = event_schema(CrateRenamed, SOURCE), event_schema(CrateRenamed, "renamed-service")

    assert [*broken_events({"CrateRenamed": old}, {"CrateRenamed": new})] == [
        'CrateRenamed, field source: "renamed-service" is possible now'
    ]
