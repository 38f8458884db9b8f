"""Sponsors over HTTP and on Lambda."""

import pytest
from ulid import ULID

from tests.builders.sponsors import CREATION
from tests.kernel.infrastructure.http.answers import body
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations


@pytest.fixture
def sponsor(api):
    """A sponsor, as the API tells of it."""
    return body(api.post("/sponsors", json=CREATION), 201)


def test_a_sponsor_is_created_and_found_where_the_answer_says(api):
    created = api.post("/sponsors", json=CREATION)

    sponsor = body(created, 201)
    assert sponsor == {**sponsor, **CREATION, "version": 1}
    assert body(api.get(created.headers["location"])) == sponsor


def test_sponsors_are_listed(api, sponsor):
    assert body(api.get("/sponsors")) == {"items": [sponsor], "next_cursor": None}


def test_a_sponsor_that_does_not_exist_is_not_found(api):
    path = f"/sponsors/{ULID()}"

    assert problem(api.get(path)) == problem(api.delete(path)) == (404, "not-found")


def test_a_renamed_sponsor_is_answered_one_version_up(api, sponsor):
    path = f"/sponsors/{sponsor['id']}"

    renamed = body(api.patch(path, json={"name": "Southern Rail"}, headers={"if-match": '"1"'}))

    assert renamed == {**sponsor, "name": "Southern Rail", "version": 2}
    assert body(api.get(path)) == renamed


@pytest.mark.parametrize("name", ["", "x" * 101, None], ids=repr)
def test_a_wrong_name_is_refused_and_nothing_is_written(api, sponsor, name):
    created = api.post("/sponsors", json={**CREATION, "name": name})
    renamed = api.patch(f"/sponsors/{sponsor['id']}", json={"name": name})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]
    assert body(api.get("/sponsors"))["items"] == [sponsor]


def test_a_removed_sponsor_is_gone(api, sponsor):
    path = f"/sponsors/{sponsor['id']}"

    removed = api.delete(path, headers={"if-match": '"1"'})

    assert removed.status_code == 204
    assert problem(api.get(path)) == (404, "not-found")
