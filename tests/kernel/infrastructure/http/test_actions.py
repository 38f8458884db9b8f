"""Actions: requests that need no body, because all they take is in the path and in If-Match, or is optional."""

import pytest
from openapi_spec_validator import validate

from infrastructure.kernel.api.openapi import openapi
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.answers import JSON
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS

DOCUMENT = openapi(ENDPOINTS, title="tiny-service", version="0")
MAX_BODY = 1024 * 1024


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


@pytest.fixture
def stamp(crate):
    """The path of an action that takes nothing from a body."""
    return f"/crates/{crate['id']}/stamp"


@pytest.fixture
def label(crate):
    """The path of an action whose body is optional."""
    return f"/crates/{crate['id']}/label"


@pytest.mark.parametrize("body", [b"", b"{}", b" {}\n"])
@pytest.mark.parametrize("headers", [{}, JSON, {"content-type": "text/plain"}], ids=["none", "json", "text"])
def test_an_action_needs_no_body_and_no_content_type_and_takes_an_empty_object(api, stamp, body, headers):
    answer = api.post(stamp, content=body, headers=headers)

    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["name"] == "Northern Rail (seen)"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("body", [b'{"name": "Rail"}', b'{"expected_version": 1}', b"[]", b"null", b"x", b"{"])
@pytest.mark.parametrize("headers", [{}, JSON], ids=["none", "json"])
def test_an_action_refuses_any_other_body_and_says_where_its_fields_are(api, stamp, body, headers):
    answer = api.post(stamp, content=body, headers=headers)

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["body"]
    assert "must be empty: all that this request takes is in the path and in If-Match" in answer.json()["detail"]


@pytest.mark.usefixtures("unchanged")
def test_an_action_takes_nothing_from_the_query(api, stamp):
    answer = api.post(f"{stamp}?name=Rail")

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["name"]


@pytest.mark.usefixtures("unchanged")
def test_an_action_reads_no_body_of_more_than_1_mib(api, stamp):
    assert problem(api.post(stamp, content=b" " * (MAX_BODY + 1))) == (413, "body-too-large")


def test_an_action_is_done_at_the_version_of_if_match_and_at_no_other(api, stamp):
    done = api.post(stamp, headers={"if-match": '"1"'})
    stale = api.post(stamp, headers={"if-match": '"1"'})

    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert problem(stale) == (412, "conflict")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"label": "fragile"}'])
def test_a_body_of_optional_fields_may_be_left_out(api, label, content):
    answer = api.put(label, content=content, headers=JSON if content else {})

    assert answer.status_code == 200
    assert answer.json()["name"] == "Northern Rail, fragile"


def test_a_body_of_optional_fields_counts_when_it_is_sent(api, label):
    assert api.put(label, json={"label": "heavy"}).json()["name"] == "Northern Rail, heavy"


@pytest.mark.usefixtures("unchanged")
def test_a_body_of_optional_fields_that_is_sent_has_to_be_a_good_one(api, label):
    undeclared = api.put(label, content=b"{}")
    malformed = api.put(label, content=b" ", headers=JSON)
    unknown = api.put(label, json={"colour": "red"})

    assert problem(undeclared) == (415, "unsupported-media-type")
    assert problem(malformed) == (400, "malformed-body")
    assert (problem(unknown), violations(unknown)) == ((422, "invalid-argument"), ["colour"])


@pytest.mark.usefixtures("unchanged")
def test_a_body_with_a_required_field_may_not_be_left_out(api, crate):
    answer = api.patch(f"/crates/{crate['id']}")

    assert problem(answer) == (415, "unsupported-media-type")


def test_the_document_shows_which_requests_have_a_body_and_which_of_them_need_it():
    validate(DOCUMENT)
    paths = DOCUMENT["paths"]

    assert "requestBody" not in paths["/crates/{id}/stamp"]["post"]
    assert {"400", "415"}.isdisjoint(paths["/crates/{id}/stamp"]["post"]["responses"])
    assert {"413", "422"} <= paths["/crates/{id}/stamp"]["post"]["responses"].keys()
    assert paths["/crates/{id}/label"]["put"]["requestBody"]["required"] is False
    assert paths["/crates/{id}"]["patch"]["requestBody"]["required"] is True


def test_an_example_of_an_empty_body_is_an_example():
    [content] = DOCUMENT["paths"]["/crates/{id}/label"]["put"]["requestBody"]["content"].values()

    assert content["example"] == {}
