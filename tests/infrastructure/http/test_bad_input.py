"""What no endpoint takes: each is the right problem, and nothing is written."""

import itertools

import pytest

from infrastructure.container import Container
from tests.builders.containers import an_in_memory_container
from tests.infrastructure.http.answers import JSON
from tests.infrastructure.http.answers import problem
from tests.infrastructure.http.answers import violations

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
def test_a_field_that_the_body_does_not_have_is_refused_by_name(api, sponsor, field):
    created = api.post("/sponsors", json={"name": "Rail", field: "x"})
    renamed = api.patch(f"/sponsors/{sponsor['id']}", json={"name": "Rail", field: "x"})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == [field]


def test_a_field_that_is_missing_is_refused_by_name(api, sponsor):
    created = api.post("/sponsors", json={})
    renamed = api.patch(f"/sponsors/{sponsor['id']}", json={})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]


@pytest.mark.parametrize("query", ["name=Rail", "id=x", "expected_version=1", "x", "name=a&name=b"])
def test_a_change_with_a_body_takes_nothing_from_the_query(api, sponsor, query):
    created = api.post(f"/sponsors?{query}", json={"name": "Rail"})
    renamed = api.patch(f"/sponsors/{sponsor['id']}?{query}", json={"name": "Rail"})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == [query.partition("=")[0]]


@pytest.mark.parametrize("query", ["name=Rail", "id=x", "expected_version=1", "limit=1"])
def test_what_a_query_does_not_take_is_refused_by_name(api, sponsor, query):
    path = f"/sponsors/{sponsor['id']}?{query}"

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
def test_what_is_no_json_is_refused(api, sponsor, body):
    created = api.post("/sponsors", content=body, headers=JSON)
    renamed = api.patch(f"/sponsors/{sponsor['id']}", content=body, headers=JSON)

    assert problem(created) == problem(renamed) == (400, "malformed-body")
    assert len(created.content) < 500


@pytest.mark.parametrize("body", ["[]", '["name"]', '"name"', "7", "null", "true", '[{"name": "Rail"}]'])
def test_json_that_is_no_object_is_refused(api, body):
    answer = api.post("/sponsors", content=body, headers=JSON)

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["body"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 400, "1e-400"], ids=lambda number: number[:6])
def test_a_huge_number_for_a_text_is_refused(api, number):
    answer = api.post("/sponsors", content=f'{{"name": {number}}}', headers=JSON)

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

    answer = api.post("/sponsors", content=b'{"name": "Rail"}', headers=headers)

    assert problem(answer) == (415, "unsupported-media-type")


def test_a_body_of_more_than_1_mib_is_refused_whatever_is_in_it(api, sponsor):
    created = api.post("/sponsors", content=padded(MAX_BODY + 1), headers=JSON)
    renamed = api.patch(f"/sponsors/{sponsor['id']}", content=padded(MAX_BODY + 1), headers=JSON)
    undeclared = api.post("/sponsors", content=b"x" * (MAX_BODY + 1))

    assert [problem(answer) for answer in (created, renamed, undeclared)] == [(413, "body-too-large")] * 3


def test_a_body_that_streams_beyond_1_mib_is_refused(api):
    chunks = itertools.chain([padded(MAX_BODY)], itertools.repeat(b" ", 2))

    answer = api.post("/sponsors", content=chunks, headers=JSON)

    assert problem(answer) == (413, "body-too-large")


# Paths and methods


@pytest.mark.parametrize("path", ["/", "/nothing", "/sponsors/", "/Sponsors", "//sponsors", "/sponsors/a/b", "/health"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_not_served_is_a_problem(api, method, path):
    answer = api.request(method, f"http://testserver{path}", follow_redirects=False)

    assert problem(answer) == (404, "route-not-found")


@pytest.mark.parametrize("path", ["/sponsors/a%2Fb", "/sponsors/%2F", "/sponsors/{id}%2F", "/sponsors/{id}%2F.."])
def test_a_percent_encoded_slash_is_part_of_no_id(api, sponsor, path):
    path = path.format(id=sponsor["id"])

    answers = (api.delete(path), api.get(path))

    assert [problem(answer) for answer in answers] == [(404, "route-not-found")] * 2


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/sponsors", {"GET", "HEAD", "POST"}),
        ("DELETE", "/sponsors", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/sponsors", {"GET", "HEAD", "POST"}),
        ("POST", "/sponsors/{id}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("PUT", "/sponsors/{id}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("TRACE", "/sponsors/{id}", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("POST", "/health/live", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_a_path_does_not_take_is_a_problem_that_says_which_it_takes(api, sponsor, method, path, allowed):
    answer = api.request(method, path.format(id=sponsor["id"]))

    assert problem(answer) == (405, "method-not-allowed")
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == allowed


@pytest.mark.parametrize("path", ["/sponsors", "/sponsors/{id}", "/sponsors?limit=0", "/sponsors/x", "/nothing"])
def test_head_is_answered_as_get_without_the_body(api, sponsor, path):
    path = path.format(id=sponsor["id"])

    headed, got = api.head(path), api.get(path)
    for answer in (headed, got):
        answer.headers.pop("content-length", None)  # the server's own

    assert (headed.status_code, dict(headed.headers)) == (got.status_code, dict(got.headers))
    assert headed.content == b""
