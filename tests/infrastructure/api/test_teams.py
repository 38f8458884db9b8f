"""Teams over HTTP."""

import pytest
from ulid import ULID

from tests.kernel.infrastructure.http.answers import body
from tests.kernel.infrastructure.http.answers import names
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations


@pytest.fixture
def team(api):
    """A team, as the API tells of it."""
    return body(api.post("/teams", json={"name": "Leeds United"}), 201)


@pytest.fixture
def unchanged(api, team):
    """Checks, when the test is over, that the team is stored as it was, and no other."""
    yield
    assert body(api.get("/teams"))["items"] == [team]


def test_a_team_is_created_with_an_empty_squad_and_found_where_the_answer_says(api):
    created = api.post("/teams", json={"name": " Leeds United"})

    team = body(created, 201)
    assert team == {"id": team["id"], "name": "Leeds United", "players": [], "version": 1}
    assert body(api.get(created.headers["location"])) == team


def test_a_team_that_does_not_exist_is_not_found(api):
    path = f"/teams/{ULID()}"

    answers = (api.get(path), api.patch(path, json={"name": "Leeds"}), api.delete(path))

    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 3
    assert [answer.json()["kind"] for answer in answers] == ["Team"] * 3


def test_a_renamed_team_keeps_its_squad_and_is_answered_one_version_up(api, team):
    path = f"/teams/{team['id']}"
    signed = body(api.post(f"{path}/players", json={"name": "Ellen White", "position": "ST"}), 201)

    renamed = body(api.patch(path, json={"name": "Leeds City"}, headers={"if-match": '"2"'}))

    assert renamed == {**signed, "name": "Leeds City", "version": 3}
    assert body(api.get(path)) == renamed


def test_a_disbanded_team_is_gone(api, team):
    path = f"/teams/{team['id']}"

    disbanded = api.delete(path, headers={"if-match": '"1"'})

    assert disbanded.status_code == 204
    assert problem(api.get(path)) == (404, "not-found")
    assert names(api.get("/teams")) == []


def test_teams_are_listed_and_searched_a_page_at_a_time(api):
    for name in ("Mánchester United", "Leeds United", "MANCHESTER City", "Newcastle United"):
        body(api.post("/teams", json={"name": name}), 201)

    first = api.get("/teams", params={"contains": "united", "limit": 2})
    second = api.get("/teams", params={"contains": "united", "limit": 2, "cursor": body(first)["next_cursor"]})

    assert names(first) + names(second) == ["Leeds United", "Mánchester United", "Newcastle United"]
    assert body(second)["next_cursor"] is None
    assert names(api.get("/teams", params={"prefix": "man"})) == ["MANCHESTER City", "Mánchester United"]


def test_teams_are_looked_up_in_the_order_asked_without_the_missing(api, team):
    other = body(api.post("/teams", json={"name": "Leeds City"}), 201)

    found = api.post("/teams/lookup", json={"ids": [other["id"], str(ULID()), team["id"], other["id"]]})

    assert body(found) == {"items": [other, team, other]}


@pytest.mark.usefixtures("unchanged")
def test_a_change_of_another_version_is_refused_and_changes_nothing(api, team):
    path, headers = f"/teams/{team['id']}", {"if-match": '"2"'}

    renamed = api.patch(path, json={"name": "Leeds"}, headers=headers)
    disbanded = api.delete(path, headers=headers)

    assert problem(renamed) == problem(disbanded) == (412, "conflict")


@pytest.mark.parametrize("name", ["", "x" * 101, None], ids=repr)
@pytest.mark.usefixtures("unchanged")
def test_a_wrong_name_is_refused_and_nothing_is_written(api, team, name):
    created = api.post("/teams", json={"name": name})
    renamed = api.patch(f"/teams/{team['id']}", json={"name": name})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]


@pytest.mark.usefixtures("unchanged")
def test_a_squad_cannot_be_given_when_a_team_is_created_or_renamed(api, team):
    created = api.post("/teams", json={"name": "Leeds", "players": []})
    renamed = api.patch(f"/teams/{team['id']}", json={"name": "Leeds", "players": []})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["players"]
