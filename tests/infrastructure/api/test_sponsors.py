"""Sponsors over HTTP."""

import pytest
from ulid import ULID

from tests.kernel.infrastructure.http.answers import body
from tests.kernel.infrastructure.http.answers import names
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations


@pytest.fixture
def sponsor(api):
    """A sponsor, as the API tells of it."""
    return body(api.post("/sponsors", json={"name": "Northern Rail"}), 201)


@pytest.fixture
def unchanged(api, sponsor):
    """Checks, when the test is over, that the sponsor is stored as it was, and no other."""
    yield
    assert body(api.get("/sponsors"))["items"] == [sponsor]


def test_a_sponsor_is_created_and_found_where_the_answer_says(api):
    created = api.post("/sponsors", json={"name": " Northern Rail "})

    sponsor = body(created, 201)
    assert sponsor == {"id": sponsor["id"], "name": "Northern Rail", "version": 1}
    assert body(api.get(created.headers["location"])) == sponsor


def test_a_sponsor_that_does_not_exist_is_not_found(api):
    path = f"/sponsors/{ULID()}"

    answers = (api.get(path), api.patch(path, json={"name": "Rail"}), api.delete(path))

    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 3
    assert [answer.json()["kind"] for answer in answers] == ["Sponsor"] * 3


def test_a_renamed_sponsor_is_answered_one_version_up(api, sponsor):
    path = f"/sponsors/{sponsor['id']}"

    renamed = body(api.patch(path, json={"name": "Southern Rail"}, headers={"if-match": '"1"'}))

    assert renamed == {**sponsor, "name": "Southern Rail", "version": 2}
    assert body(api.get(path)) == renamed


def test_a_removed_sponsor_is_gone(api, sponsor):
    path = f"/sponsors/{sponsor['id']}"

    removed = api.delete(path, headers={"if-match": '"1"'})

    assert removed.status_code == 204
    assert problem(api.get(path)) == (404, "not-found")
    assert names(api.get("/sponsors")) == []


def test_sponsors_are_listed_by_name_a_page_at_a_time(api):
    for name in ("gamma", "Beta", "álpha", "Delta"):
        body(api.post("/sponsors", json={"name": name}), 201)

    first = api.get("/sponsors", params={"limit": 3})
    second = api.get("/sponsors", params={"limit": 3, "cursor": body(first)["next_cursor"]})

    assert names(first) + names(second) == ["álpha", "Beta", "Delta", "gamma"]
    assert body(second)["next_cursor"] is None


def test_sponsors_are_searched_by_the_beginning_or_a_part_of_their_name(api):
    for name in ("Northern Rail", "Great Nórthern", "Southern Rail"):
        body(api.post("/sponsors", json={"name": name}), 201)

    assert names(api.get("/sponsors", params={"prefix": "nÖrth"})) == ["Northern Rail"]
    assert names(api.get("/sponsors", params={"contains": "north"})) == ["Great Nórthern", "Northern Rail"]


@pytest.mark.usefixtures("unchanged")
def test_a_change_of_another_version_is_refused_and_changes_nothing(api, sponsor):
    path, headers = f"/sponsors/{sponsor['id']}", {"if-match": '"2"'}

    renamed = api.patch(path, json={"name": "Southern Rail"}, headers=headers)
    removed = api.delete(path, headers=headers)

    assert problem(renamed) == problem(removed) == (412, "conflict")


@pytest.mark.parametrize("name", ["", "x" * 101, None], ids=repr)
@pytest.mark.usefixtures("unchanged")
def test_a_wrong_name_is_refused_and_nothing_is_written(api, sponsor, name):
    created = api.post("/sponsors", json={"name": name})
    renamed = api.patch(f"/sponsors/{sponsor['id']}", json={"name": name})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]
