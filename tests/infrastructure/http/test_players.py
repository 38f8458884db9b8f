"""Players over HTTP."""

import unicodedata

import pytest
from ulid import ULID

from tests.infrastructure.http.answers import problem
from tests.infrastructure.http.answers import violations


@pytest.fixture
def team(api):
    """A team with one player, at version 2."""
    team = api.post("/teams", json={"name": "Leeds United"}).json()
    return api.post(f"/teams/{team['id']}/players", json={"name": "Zoë White", "position": "ST"}).json()


@pytest.fixture
def squad(team):
    return f"/teams/{team['id']}/players"


@pytest.fixture
def player(team, squad):
    return f"{squad}/{team['players'][0]['id']}"


def test_a_signed_player_is_the_last_of_the_squad_and_the_answer_is_the_team(api, team, squad):
    signed = api.post(squad, json={"name": " Lucy Bronze ", "position": "DEF"})

    id = signed.json()["players"][-1]["id"]
    newcomer = {"id": id, "name": "Lucy Bronze", "position": "DEF"}
    assert (signed.status_code, signed.headers["etag"]) == (201, '"3"')
    assert signed.headers["location"] == f"{squad}/{id}"
    assert signed.json() == {**team, "players": [*team["players"], newcomer], "version": 3}
    assert api.get(f"/teams/{team['id']}").json() == signed.json()


def test_a_moved_player_keeps_place_and_name_and_the_answer_is_the_team(api, team, squad, player):
    api.post(squad, json={"name": "Lucy Bronze", "position": "DEF"})

    moved = api.patch(player, json={"position": "GK"})

    assert (moved.status_code, moved.headers["etag"]) == (200, '"4"')
    assert "location" not in moved.headers
    assert moved.json()["players"][0] == {**team["players"][0], "position": "GK"}
    assert api.get(f"/teams/{team['id']}").json() == moved.json()


def test_a_released_player_is_gone_and_the_answer_is_the_team(api, team, player):
    released = api.delete(player)

    assert (released.status_code, released.headers["etag"]) == (200, '"3"')
    assert released.json() == {**team, "players": [], "version": 3}
    assert problem(api.delete(player)) == (404, "not-found")
    assert api.get(f"/teams/{team['id']}").json() == released.json()


def test_a_player_who_is_not_in_the_squad_is_not_found_and_nothing_changes(api, team, squad):
    id = str(ULID())

    moved = api.patch(f"{squad}/{id}", json={"position": "GK"})
    released = api.delete(f"{squad}/{id}")

    assert problem(moved) == problem(released) == (404, "not-found")
    assert [(answer.json()["kind"], answer.json()["id"]) for answer in (moved, released)] == [("Player", id)] * 2
    assert api.get(f"/teams/{team['id']}").json() == team


def test_the_squad_of_a_missing_team_cannot_be_changed(api, team):
    id, player = str(ULID()), team["players"][0]["id"]

    answers = (
        api.post(f"/teams/{id}/players", json={"name": "Lucy Bronze", "position": "DEF"}),
        api.patch(f"/teams/{id}/players/{player}", json={"position": "GK"}),
        api.delete(f"/teams/{id}/players/{player}"),
    )

    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 3
    assert [(answer.json()["kind"], answer.json()["id"]) for answer in answers] == [("Team", id)] * 3


def test_the_26th_player_is_refused_and_the_squad_stays_as_it_is(api, team, squad):
    for number in range(24):
        assert api.post(squad, json={"name": f"Player {number}", "position": "MID"}).status_code == 201

    answer = api.post(squad, json={"name": "One more", "position": "MID"})

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["players"]
    assert "at most 25" in answer.json()["detail"]
    assert len(api.get(f"/teams/{team['id']}").json()["players"]) == 25


@pytest.mark.parametrize(
    "name", ["Zoë White", "ZOË WHITE", unicodedata.normalize("NFD", "Zoë White"), " zoË white "], ids=ascii
)
def test_a_name_that_the_squad_has_is_refused_whatever_its_case_and_composition(api, team, squad, name):
    answer = api.post(squad, json={"name": name, "position": "GK"})

    assert problem(answer) == (422, "invalid-argument")
    assert "different names" in answer.json()["detail"]
    assert api.get(f"/teams/{team['id']}").json() == team


@pytest.mark.parametrize("position", ["gk", "GOAL", "", " GK", 1, None, ["GK"]], ids=repr)
def test_an_unknown_position_is_refused_and_nothing_changes(api, team, squad, player, position):
    signed = api.post(squad, json={"name": "Lucy Bronze", "position": position})
    moved = api.patch(player, json={"position": position})

    assert problem(signed) == problem(moved) == (422, "invalid-argument")
    assert violations(signed) == violations(moved) == ["position"]
    assert api.get(f"/teams/{team['id']}").json() == team


def test_everything_wrong_with_a_player_is_named_at_once(api, squad):
    answer = api.post(squad, json={"name": "", "position": "x", "shirt": 9})

    assert problem(answer) == (422, "invalid-argument")
    assert sorted(violations(answer)) == ["name", "position", "shirt"]


@pytest.mark.parametrize("id", ["x" * 65, "%2E%2E", "a%23b", "a%00b"])
def test_what_no_player_can_be_called_is_refused_as_an_id(api, team, squad, id):
    moved = api.patch(f"{squad}/{id}", json={"position": "GK"})
    released = api.delete(f"{squad}/{id}")

    assert problem(moved) == problem(released) == (422, "invalid-argument")
    assert violations(moved) == violations(released) == ["player_id"]
    assert api.get(f"/teams/{team['id']}").json() == team


def test_a_change_of_the_squad_at_the_version_that_is_expected_is_made(api, squad, player):
    signed = api.post(squad, json={"name": "Lucy Bronze", "position": "DEF"}, headers={"if-match": '"2"'})
    moved = api.patch(player, json={"position": "GK"}, headers={"if-match": signed.headers["etag"]})
    released = api.delete(player, headers={"if-match": moved.headers["etag"]})

    assert [answer.status_code for answer in (signed, moved, released)] == [201, 200, 200]


@pytest.mark.parametrize(
    ("if_match", "kind"),
    [('"1"', "conflict"), ('"3"', "conflict"), ('W/"2"', "precondition-failed"), ("2", "precondition-failed")],
)
def test_a_change_of_the_squad_at_another_or_no_readable_version_fails(api, team, squad, player, if_match, kind):
    headers = {"if-match": if_match}

    answers = (
        api.post(squad, json={"name": "Lucy Bronze", "position": "DEF"}, headers=headers),
        api.patch(player, json={"position": "GK"}, headers=headers),
        api.delete(player, headers=headers),
    )

    assert [problem(answer) for answer in answers] == [(412, kind)] * 3
    assert api.get(f"/teams/{team['id']}").json() == team


def test_the_squad_itself_and_one_player_are_not_served_for_reading(api, squad, player):
    answers = (api.get(squad), api.get(player))

    assert [problem(answer) for answer in answers] == [(405, "method-not-allowed")] * 2
    assert [answer.headers["allow"] for answer in answers[:1]] == ["POST"]
    assert {method.strip() for method in answers[1].headers["allow"].split(",")} == {"PATCH", "DELETE"}
