"""What an API says of what is stored: bodies, headers, pages and look-ups."""

import pytest
from ulid import ULID

from tests.kernel.infrastructure.http.answers import names
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations


def test_a_creation_is_answered_with_its_version_and_where_it_is_found(api):
    created = api.post("/crates", json={"name": "  Northern Rail "})

    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    assert created.headers["content-type"] == "application/json"
    assert created.headers["location"] == f"/crates/{created.json()['id']}"
    assert created.json() == {"id": created.json()["id"], "name": "Northern Rail", "version": 1}
    found = api.get(created.headers["location"])
    assert (found.status_code, found.headers["etag"], found.json()) == (200, '"1"', created.json())


def test_a_change_is_answered_one_version_up(api, crate):
    renamed = api.patch(f"/crates/{crate['id']}", json={"name": "Southern Rail"})

    assert (renamed.status_code, renamed.headers["etag"]) == (200, '"2"')
    assert "location" not in renamed.headers
    assert api.get(f"/crates/{crate['id']}").json() == renamed.json()


def test_a_removal_is_answered_without_a_body(api, crate):
    removed = api.delete(f"/crates/{crate['id']}")

    assert (removed.status_code, removed.content) == (204, b"")
    assert "content-type" not in removed.headers
    assert problem(api.get(f"/crates/{crate['id']}")) == (404, "not-found")


def test_what_does_not_exist_is_not_found_whatever_is_expected_of_it(api):
    id = str(ULID())

    answers = (
        api.get(f"/crates/{id}"),
        api.patch(f"/crates/{id}", json={"name": "Rail"}, headers={"if-match": '"1"'}),
        api.delete(f"/crates/{id}", headers={"if-match": "*"}),
    )

    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 3
    assert [(answer.json()["kind"], answer.json()["id"]) for answer in answers] == [("Crate", id)] * 3


def test_a_page_holds_50_unless_told_otherwise_and_up_to_500(api):
    for number in range(51):
        api.post("/crates", json={"name": f"Number {number:02d}"})

    assert len(names(api.get("/crates"))) == 50
    assert len(names(api.get("/crates", params={"limit": 1}))) == 1
    assert len(names(api.get("/crates", params={"limit": 500}))) == 51


def test_a_declared_listing_is_served_a_page_at_a_time(api, crate):
    other = api.post("/crates", json={"name": "Other"}).json()
    for number in range(3):
        api.post(f"/crates/{crate['id']}/specimens", json={"name": f"Amber {number}"})
    api.post(f"/crates/{other['id']}/specimens", json={"name": "Beryl"})
    path = f"/crates/{crate['id']}/specimens"

    first = api.get(path, params={"limit": 2}).json()
    second = api.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()

    assert [item["name"] for item in first["items"] + second["items"]] == ["Amber 0", "Amber 1", "Amber 2"]
    assert second["next_cursor"] is None
    assert problem(api.get("/crates", params={"cursor": first["next_cursor"]})) == (400, "invalid-cursor")
    assert problem(api.get(f"/crates/{other['id']}/specimens", params={"cursor": first["next_cursor"]}))[0] == 400


@pytest.mark.parametrize("name", ["\u0301", "\ufdfa" * 100, "\U0010ffff", "👩‍👩‍👧 Rail", "x" * 100], ids=ascii)
def test_an_odd_name_is_kept_and_listed(api, name):
    created = api.post("/crates", json={"name": name})

    assert (created.status_code, created.json()["name"]) == (201, name)
    assert api.get(created.headers["location"]).json() == created.json()
    assert names(api.get("/crates")) == [name]


@pytest.mark.parametrize("name", ["", "x" * 101, "   ", "a\0b", "a\x7fb", "a\nb", 7, None, [], {}, True], ids=repr)
@pytest.mark.usefixtures("unchanged")
def test_what_is_no_name_is_refused(api, crate, name):
    created = api.post("/crates", json={"name": name})
    renamed = api.patch(f"/crates/{crate['id']}", json={"name": name})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]


@pytest.mark.parametrize("id", ["x" * 65, "%2E%2E", "a%23b", "a%00b", "a%0A", "a%20b", "%C3%A9", "%FF", "a+b", "{id}"])
@pytest.mark.usefixtures("unchanged")
def test_what_can_be_nobodys_id_is_refused_in_a_path(api, id):
    answers = (
        api.get(f"/crates/{id}"),
        api.patch(f"/crates/{id}", json={"name": "Rail"}),
        api.delete(f"/crates/{id}"),
    )

    assert [problem(answer) for answer in answers] == [(422, "invalid-argument")] * 3
    assert [violations(answer) for answer in answers] == [["id"]] * 3


@pytest.mark.parametrize(
    ("ids", "wrong"),
    [
        (["x", ".."], ["ids.1"]),
        (["", "a/b", "a#b"], ["ids.0", "ids.1", "ids.2"]),
        (["x" * 65], ["ids.0"]),
        (["x"] * 1001, ["ids"]),
        ("x", ["ids"]),
        (None, ["ids"]),
    ],
    ids=["one", "several", "long", "too many", "text", "null"],
)
def test_what_can_be_nobodys_id_is_refused_in_a_look_up_by_its_place(api, ids, wrong):
    answer = api.post("/crates/lookup", json={"ids": ids})

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == wrong


def test_up_to_a_thousand_are_looked_up_at_once(api, crate):
    found = api.post("/crates/lookup", json={"ids": [crate["id"]] * 1000})

    assert len(found.json()["items"]) == 1000
    assert "etag" not in found.headers
