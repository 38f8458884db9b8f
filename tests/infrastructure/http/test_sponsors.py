"""Sponsors over HTTP."""

import pytest
from ulid import ULID

from tests.infrastructure.http.answers import names
from tests.infrastructure.http.answers import problem
from tests.infrastructure.http.answers import violations

UNMEETABLE = ("", '"', "1", '"0"', '"x"', '"01"', '"1" x', 'W/"1"', '"1", "2"', "*, *", f'"{"9" * 40}"', '"-1"')


@pytest.fixture
def sponsor(api):
    """A sponsor, as the API tells of it."""
    return api.post("/sponsors", json={"name": "Northern Rail"}).json()


def test_a_sponsor_is_created_at_version_1_and_found_where_the_answer_says(api):
    created = api.post("/sponsors", json={"name": "  Northern Rail "})

    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    assert created.headers["content-type"] == "application/json"
    assert created.headers["location"] == f"/sponsors/{created.json()['id']}"
    assert created.json() == {"id": created.json()["id"], "name": "Northern Rail", "version": 1}
    found = api.get(created.headers["location"])
    assert (found.status_code, found.headers["etag"], found.json()) == (200, '"1"', created.json())


def test_a_sponsor_that_does_not_exist_is_not_found(api):
    id = str(ULID())

    answers = (
        api.get(f"/sponsors/{id}"),
        api.patch(f"/sponsors/{id}", json={"name": "Rail"}),
        api.delete(f"/sponsors/{id}"),
        api.patch(f"/sponsors/{id}", json={"name": "Rail"}, headers={"if-match": '"1"'}),
        api.delete(f"/sponsors/{id}", headers={"if-match": "*"}),
    )

    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 5
    assert [(answer.json()["kind"], answer.json()["id"]) for answer in answers] == [("Sponsor", id)] * 5
    assert names(api.get("/sponsors")) == []


def test_a_renamed_sponsor_is_answered_one_version_up(api, sponsor):
    renamed = api.patch(f"/sponsors/{sponsor['id']}", json={"name": "Southern Rail"})

    assert (renamed.status_code, renamed.headers["etag"]) == (200, '"2"')
    assert "location" not in renamed.headers
    assert renamed.json() == {**sponsor, "name": "Southern Rail", "version": 2}
    assert api.get(f"/sponsors/{sponsor['id']}").json() == renamed.json()


def test_a_removed_sponsor_is_gone_and_its_answer_has_no_body(api, sponsor):
    removed = api.delete(f"/sponsors/{sponsor['id']}")

    assert (removed.status_code, removed.content) == (204, b"")
    assert "content-type" not in removed.headers
    assert problem(api.get(f"/sponsors/{sponsor['id']}")) == (404, "not-found")
    assert problem(api.delete(f"/sponsors/{sponsor['id']}")) == (404, "not-found")
    assert names(api.get("/sponsors")) == []


def test_sponsors_are_listed_by_name_a_page_at_a_time(api):
    for name in ("gamma", "Beta", "álpha", "Delta"):
        api.post("/sponsors", json={"name": name})

    first = api.get("/sponsors", params={"limit": 3})
    second = api.get("/sponsors", params={"limit": 3, "cursor": first.json()["next_cursor"]})

    assert first.status_code == second.status_code == 200
    assert names(first) + names(second) == ["álpha", "Beta", "Delta", "gamma"]
    assert set(first.json()) == {"items", "next_cursor"}
    assert set(first.json()["items"][0]) == {"id", "name", "version"}
    assert second.json()["next_cursor"] is None


def test_a_page_holds_50_sponsors_unless_told_otherwise_and_up_to_500(api):
    for number in range(51):
        api.post("/sponsors", json={"name": f"Number {number:02d}"})

    assert len(names(api.get("/sponsors"))) == 50
    assert len(names(api.get("/sponsors", params={"limit": 1}))) == 1
    assert len(names(api.get("/sponsors", params={"limit": 500}))) == 51


def test_sponsors_are_searched_by_the_beginning_or_a_part_of_their_name(api):
    for name in ("Northern Rail", "NORTHERN Bank", "Great Nórthern", "Southern Rail"):
        api.post("/sponsors", json={"name": name})

    assert names(api.get("/sponsors", params={"prefix": "nÖrth"})) == ["NORTHERN Bank", "Northern Rail"]
    assert names(api.get("/sponsors", params={"contains": "north"})) == [
        "Great Nórthern",
        "NORTHERN Bank",
        "Northern Rail",
    ]
    assert names(api.get("/sponsors", params={"prefix": "rail"})) == []


def test_a_change_of_the_version_that_is_expected_is_made(api, sponsor):
    path = f"/sponsors/{sponsor['id']}"

    renamed = api.patch(path, json={"name": "Southern Rail"}, headers={"if-match": '"1"'})
    renamed_whatever_is_stored = api.patch(path, json={"name": "Western Rail"}, headers={"if-match": "*"})
    removed = api.delete(path, headers={"if-match": renamed_whatever_is_stored.headers["etag"]})

    assert [answer.status_code for answer in (renamed, renamed_whatever_is_stored, removed)] == [200, 200, 204]
    assert renamed_whatever_is_stored.json() == {**sponsor, "name": "Western Rail", "version": 3}


@pytest.mark.parametrize("stale", ['"1"', '"3"', f'"{"9" * 38}"'])
def test_a_change_of_another_version_fails_its_precondition_and_changes_nothing(api, sponsor, stale):
    path = f"/sponsors/{sponsor['id']}"
    newest = api.patch(path, json={"name": "Southern Rail"}).json()

    renamed = api.patch(path, json={"name": "Western Rail"}, headers={"if-match": stale})
    removed = api.delete(path, headers={"if-match": stale})

    assert problem(renamed) == problem(removed) == (412, "conflict")
    assert (renamed.json()["expected"], renamed.json()["found"]) == (int(stale.strip('"')), 2)
    assert api.get(path).json() == newest


@pytest.mark.parametrize("if_match", UNMEETABLE)
def test_a_change_of_no_readable_version_fails_its_precondition_and_changes_nothing(api, sponsor, if_match):
    path = f"/sponsors/{sponsor['id']}"

    renamed = api.patch(path, json={"name": "Western Rail"}, headers={"if-match": if_match})
    removed = api.delete(path, headers={"if-match": if_match})

    assert problem(renamed) == problem(removed) == (412, "precondition-failed")
    assert api.get(path).json() == sponsor


def test_two_if_match_headers_are_no_readable_version(api, sponsor):
    answer = api.delete(f"/sponsors/{sponsor['id']}", headers=[("if-match", '"1"'), ("if-match", '"2"')])

    assert problem(answer) == (412, "precondition-failed")
    assert api.get(f"/sponsors/{sponsor['id']}").json() == sponsor


def test_a_creation_cannot_meet_a_precondition_and_creates_nothing(api):
    answers = [api.post("/sponsors", json={"name": "Rail"}, headers={"if-match": etag}) for etag in ('"1"', "*", "x")]

    assert [problem(answer) for answer in answers] == [(412, "precondition-failed")] * 3
    assert names(api.get("/sponsors")) == []


def test_a_read_pays_no_heed_to_if_match(api, sponsor):
    found = api.get(f"/sponsors/{sponsor['id']}", headers={"if-match": '"7"'})

    assert (found.status_code, found.json()) == (200, sponsor)
    assert api.get("/sponsors", headers={"if-match": '"7"'}).status_code == 200


@pytest.mark.parametrize("name", ["", "x" * 101, "   ", "a\0b", "a\x7fb", "a\nb", 7, None, [], {}, True], ids=repr)
def test_what_is_no_name_is_refused_and_nothing_is_written(api, sponsor, name):
    created = api.post("/sponsors", json={"name": name})
    renamed = api.patch(f"/sponsors/{sponsor['id']}", json={"name": name})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]
    assert api.get("/sponsors").json()["items"] == [sponsor]


@pytest.mark.parametrize("name", ["\u0301", "\ufdfa" * 100, "\U0010ffff", "👩‍👩‍👧 Rail", "x" * 100], ids=ascii)
def test_an_odd_name_is_kept_and_listed(api, name):
    created = api.post("/sponsors", json={"name": name})

    assert (created.status_code, created.json()["name"]) == (201, name)
    assert api.get(created.headers["location"]).json() == created.json()
    assert names(api.get("/sponsors")) == [name]


@pytest.mark.parametrize("id", ["x" * 65, "%2E%2E", "a%23b", "a%00b", "a%0A", "a%20b", "%C3%A9", "%FF", "a+b", "{id}"])
def test_what_no_sponsor_can_be_called_is_refused_as_an_id(api, sponsor, id):
    answers = (
        api.get(f"/sponsors/{id}"),
        api.patch(f"/sponsors/{id}", json={"name": "Rail"}),
        api.delete(f"/sponsors/{id}"),
    )

    assert [problem(answer) for answer in answers] == [(422, "invalid-argument")] * 3
    assert [violations(answer) for answer in answers] == [["id"]] * 3
    assert api.get("/sponsors").json()["items"] == [sponsor]
