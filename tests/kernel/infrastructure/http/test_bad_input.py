"""What no endpoint takes: each is the right problem, and nothing is written."""

import itertools
import json

import pytest

from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.answers import JSON
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations
from tests.kernel.service.container import Container

MAX_BODY = 1024 * 1024


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


pytestmark = pytest.mark.usefixtures("unchanged")


def padded(size):
    """A good body of `size` bytes."""
    return b'{"name": "Rail"}'.ljust(size)


# Fields


@pytest.mark.parametrize("field", ["colour", "id", "version", "expected_version", "__class__", "NAME", "name "])
def test_a_field_that_the_body_does_not_have_is_refused_by_name(api, crate, field):
    created = api.post("/crates", json={"name": "Rail", field: "x"})
    renamed = api.patch(f"/crates/{crate['id']}", json={"name": "Rail", field: "x"})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == [field]


def test_a_field_that_is_missing_is_refused_by_name(api, crate):
    created = api.post("/crates", json={})
    renamed = api.patch(f"/crates/{crate['id']}", json={})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]


@pytest.mark.parametrize("query", ["name=Rail", "id=x", "expected_version=1", "x", "name=a&name=b"])
def test_a_change_with_a_body_takes_nothing_from_the_query(api, crate, query):
    created = api.post(f"/crates?{query}", json={"name": "Rail"})
    renamed = api.patch(f"/crates/{crate['id']}?{query}", json={"name": "Rail"})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == [query.partition("=")[0]]


@pytest.mark.parametrize("query", ["name=Rail", "id=x", "expected_version=1", "limit=1"])
def test_what_a_query_does_not_take_is_refused_by_name(api, crate, query):
    path = f"/crates/{crate['id']}?{query}"

    answers = (api.get(path), api.delete(path))

    assert [problem(answer) for answer in answers] == [(422, "invalid-argument")] * 2
    assert [violations(answer) for answer in answers] == [[query.partition("=")[0]]] * 2


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"name": "Rail"',
        b'{"name": "Rail"} x',
        b"{'name': 'Rail'}",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": ' + b"9" * 10_000 + b"}",
        b"[" * 100_000,
        b'{"name": ' * 100_000,
        b'{"name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"name": "\xff"}',
        b'\xff\xfe{\0"\0',
        b'{"name": "\\ud800"}',
        b'{"name": "\\udc00\\ud800"}',
        b'{"name": "\0"}',
        b'\xef\xbb\xbf{"name": "Rail"}',
    ],
    ids=lambda body: ascii(body[:20]),
)
def test_what_is_no_json_is_refused(api, crate, body):
    created = api.post("/crates", content=body, headers=JSON)
    renamed = api.patch(f"/crates/{crate['id']}", content=body, headers=JSON)

    assert problem(created) == problem(renamed) == (400, "malformed-body")
    assert len(created.content) < 500


@pytest.mark.parametrize("levels", [30, 180])
def test_json_that_is_deeper_than_any_field_is_refused_by_the_name_of_the_field(api, crate, levels):
    deep = json.loads("[" * levels + "]" * levels)
    body = {"name": deep, "colour": deep}

    created = api.post("/crates", json=body)
    renamed = api.patch(f"/crates/{crate['id']}", json=body)

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name", "colour"]


@pytest.mark.parametrize("body", ["[]", '["name"]', '"name"', "7", "null", "true", '[{"name": "Rail"}]'])
def test_json_that_is_no_object_is_refused(api, body):
    answer = api.post("/crates", content=body, headers=JSON)

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["body"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 400, "1e-400"], ids=lambda number: number[:6])
def test_a_huge_number_for_a_text_is_refused(api, number):
    answer = api.post("/crates", content=f'{{"name": {number}}}', headers=JSON)

    assert problem(answer) in {(422, "invalid-argument"), (400, "malformed-body")}


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        "json",
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "application/json; charset",
        "application/json, text/plain",
    ],
)
def test_a_body_that_is_not_declared_to_be_json_is_refused(api, declared):
    headers = {} if declared is None else {"content-type": declared}

    answer = api.post("/crates", content=b'{"name": "Rail"}', headers=headers)

    assert problem(answer) == (415, "unsupported-media-type")


def test_a_body_of_more_than_1_mib_is_refused_whatever_is_in_it(api, crate):
    created = api.post("/crates", content=padded(MAX_BODY + 1), headers=JSON)
    renamed = api.patch(f"/crates/{crate['id']}", content=padded(MAX_BODY + 1), headers=JSON)
    undeclared = api.post("/crates", content=b"x" * (MAX_BODY + 1))

    assert [problem(answer) for answer in (created, renamed, undeclared)] == [(413, "body-too-large")] * 3


def test_a_body_that_streams_beyond_1_mib_is_refused(api):
    chunks = itertools.chain([padded(MAX_BODY)], itertools.repeat(b" ", 2))

    answer = api.post("/crates", content=chunks, headers=JSON)

    assert problem(answer) == (413, "body-too-large")


# Paths and methods


@pytest.mark.parametrize("path", ["/", "/nothing", "/crates/", "/Crates", "//crates", "/crates/a/b", "/health"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_not_served_is_a_problem(api, method, path):
    answer = api.request(method, f"http://testserver{path}", follow_redirects=False)

    assert problem(answer) == (404, "route-not-found")


@pytest.mark.parametrize("path", ["/crates/a%2Fb", "/crates/%2F", "/crates/{id}%2F", "/crates/{id}%2F.."])
def test_a_percent_encoded_slash_is_part_of_no_id(api, crate, path):
    path = path.format(id=crate["id"])

    answers = (api.delete(path), api.get(path))

    assert [problem(answer) for answer in answers] == [(404, "route-not-found")] * 2


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/crates", {"GET", "HEAD", "POST"}),
        ("DELETE", "/crates", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/crates", {"GET", "HEAD", "POST"}),
        ("POST", "/crates/{id}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("PUT", "/crates/{id}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("TRACE", "/crates/{id}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("POST", "/health/live", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_a_path_does_not_take_is_a_problem_that_says_which_it_takes(api, crate, method, path, allowed):
    answer = api.request(method, path.format(id=crate["id"]))

    assert problem(answer) == (405, "method-not-allowed")
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == allowed


@pytest.mark.parametrize("path", ["/crates", "/crates/{id}", "/crates?limit=0", "/crates/x", "/nothing"])
def test_head_is_answered_as_get_without_the_body(api, crate, path):
    path = path.format(id=crate["id"])

    headed, got = api.head(path), api.get(path)
    for answer in (headed, got):
        answer.headers.pop("content-length", None)  # the server's own
        del answer.headers["x-request-id"]

    assert (headed.status_code, dict(headed.headers)) == (got.status_code, dict(got.headers))
    assert headed.content == b""
