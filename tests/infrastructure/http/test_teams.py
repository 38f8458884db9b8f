"""Teams over HTTP."""

import pytest
from ulid import ULID

from tests.infrastructure.http.answers import names
from tests.infrastructure.http.answers import problem
from tests.infrastructure.http.answers import violations


@pytest.fixture
def team(api):
    return api.post("/teams", json={"name": "Leeds United"}).json()


def test_a_team_is_created_with_an_empty_squad_and_found_where_the_answer_says(api):
    created = api.post("/teams", json={"name": " Leeds United"})

    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    assert created.headers["location"] == f"/teams/{created.json()['id']}"
    assert created.json() == {"id": created.json()["id"], "name": "Leeds United", "players": [], "version": 1}
    found = api.get(created.headers["location"])
    assert (found.status_code, found.headers["etag"], found.json()) == (200, '"1"', created.json())


def test_a_team_that_does_not_exist_is_not_found(api):
    id = str(ULID())

    answers = (
        api.get(f"/teams/{id}"),
        api.patch(f"/teams/{id}", json={"name": "Leeds"}),
        api.delete(f"/teams/{id}"),
        api.delete(f"/teams/{id}", headers={"if-match": '"1"'}),
    )

    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 4
    assert [(answer.json()["kind"], answer.json()["id"]) for answer in answers] == [("Team", id)] * 4


def test_a_renamed_team_keeps_its_squad_and_is_answered_one_version_up(api, team):
    signed = api.post(f"/teams/{team['id']}/players", json={"name": "Ellen White", "position": "ST"}).json()

    renamed = api.patch(f"/teams/{team['id']}", json={"name": "Leeds City"})

    assert (renamed.status_code, renamed.headers["etag"]) == (200, '"3"')
    assert renamed.json() == {**signed, "name": "Leeds City", "version": 3}
    assert api.get(f"/teams/{team['id']}").json() == renamed.json()


def test_a_disbanded_team_is_gone_and_its_answer_has_no_body(api, team):
    disbanded = api.delete(f"/teams/{team['id']}")

    assert (disbanded.status_code, disbanded.content) == (204, b"")
    assert problem(api.get(f"/teams/{team['id']}")) == (404, "not-found")
    assert names(api.get("/teams")) == []


def test_teams_are_listed_and_searched_a_page_at_a_time(api):
    for name in ("Mánchester United", "Leeds United", "MANCHESTER City", "Newcastle United"):
        api.post("/teams", json={"name": name})

    first = api.get("/teams", params={"contains": "united", "limit": 2})
    second = api.get("/teams", params={"contains": "united", "limit": 2, "cursor": first.json()["next_cursor"]})

    assert names(first) + names(second) == ["Leeds United", "Mánchester United", "Newcastle United"]
    assert second.json()["next_cursor"] is None
    assert names(api.get("/teams", params={"prefix": "man"})) == ["MANCHESTER City", "Mánchester United"]
    assert set(first.json()["items"][0]) == {"id", "name", "players", "version"}


def test_teams_are_looked_up_in_the_order_asked_without_the_missing(api, team):
    other = api.post("/teams", json={"name": "Leeds City"}).json()

    found = api.post("/teams/lookup", json={"ids": [other["id"], str(ULID()), team["id"], other["id"]]})

    assert (found.status_code, found.json()) == (200, {"items": [other, team, other]})
    assert "etag" not in found.headers
    assert api.post("/teams/lookup", json={"ids": []}).json() == {"items": []}


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
def test_ids_that_no_team_can_have_are_refused_by_their_place(api, ids, wrong):
    answer = api.post("/teams/lookup", json={"ids": ids})

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == wrong


def test_up_to_a_thousand_teams_are_looked_up_at_once(api, team):
    found = api.post("/teams/lookup", json={"ids": [team["id"]] * 1000})

    assert len(found.json()["items"]) == 1000


def test_a_change_of_the_version_that_is_expected_is_made(api, team):
    path = f"/teams/{team['id']}"

    renamed = api.patch(path, json={"name": "Leeds City"}, headers={"if-match": '"1"'})
    disbanded = api.delete(path, headers={"if-match": '"2"'})

    assert (renamed.status_code, disbanded.status_code) == (200, 204)


@pytest.mark.parametrize(
    ("if_match", "kind"),
    [
        ('"1"', "conflict"),
        ('"3"', "conflict"),
        ('W/"2"', "precondition-failed"),
        ('"1", "2"', "precondition-failed"),
        ("2", "precondition-failed"),
    ],
)
def test_a_change_of_another_or_no_readable_version_fails_its_precondition(api, team, if_match, kind):
    path = f"/teams/{team['id']}"
    newest = api.patch(path, json={"name": "Leeds City"}).json()

    renamed = api.patch(path, json={"name": "Leeds"}, headers={"if-match": if_match})
    disbanded = api.delete(path, headers={"if-match": if_match})

    assert problem(renamed) == problem(disbanded) == (412, kind)
    assert api.get(path).json() == newest


def test_a_creation_or_a_look_up_cannot_meet_a_precondition(api, team):
    created = api.post("/teams", json={"name": "Leeds"}, headers={"if-match": "*"})
    found = api.post("/teams/lookup", json={"ids": [team["id"]]}, headers={"if-match": '"1"'})

    assert problem(created) == problem(found) == (412, "precondition-failed")
    assert api.get("/teams").json()["items"] == [team]


@pytest.mark.parametrize("name", ["", "x" * 101, "   ", "a\0b", 7, None], ids=repr)
def test_what_is_no_name_is_refused_and_nothing_is_written(api, team, name):
    created = api.post("/teams", json={"name": name})
    renamed = api.patch(f"/teams/{team['id']}", json={"name": name})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["name"]
    assert api.get("/teams").json()["items"] == [team]


def test_a_squad_cannot_be_given_when_a_team_is_created_or_renamed(api, team):
    created = api.post("/teams", json={"name": "Leeds", "players": []})
    renamed = api.patch(f"/teams/{team['id']}", json={"name": "Leeds", "players": []})

    assert problem(created) == problem(renamed) == (422, "invalid-argument")
    assert violations(created) == violations(renamed) == ["players"]
    assert api.get("/teams").json()["items"] == [team]


def test_a_cursor_of_another_resource_is_refused(api):
    for path in ("/teams", "/sponsors"):
        for name in ("Alpha", "Beta"):
            api.post(path, json={"name": name})
    of_teams = api.get("/teams", params={"limit": 1}).json()["next_cursor"]
    of_sponsors = api.get("/sponsors", params={"limit": 1}).json()["next_cursor"]

    assert problem(api.get("/sponsors", params={"limit": 1, "cursor": of_teams})) == (400, "invalid-cursor")
    assert problem(api.get("/teams", params={"limit": 1, "cursor": of_sponsors})) == (400, "invalid-cursor")
    assert names(api.get("/teams", params={"limit": 1, "cursor": of_teams})) == ["Beta"]
