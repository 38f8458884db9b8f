"""Players over HTTP."""

import pytest
from ulid import ULID

from tests.kernel.infrastructure.http.answers import body
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations


@pytest.fixture
def team(api):
    """A team with one player, at version 2."""
    team = body(api.post("/teams", json={"name": "Leeds United"}), 201)
    return body(api.post(f"/teams/{team['id']}/players", json={"name": "Zoë White", "position": "ST"}), 201)


@pytest.fixture
def squad(team):
    return f"/teams/{team['id']}/players"


@pytest.fixture
def player(team, squad):
    return f"{squad}/{team['players'][0]['id']}"


@pytest.fixture
def unchanged(api, team):
    """Checks, when the test is over, that the team is stored as it was."""
    yield
    assert body(api.get(f"/teams/{team['id']}")) == team


def test_a_signed_player_is_the_last_of_the_squad_and_the_answer_is_the_team(api, team, squad):
    answer = api.post(squad, json={"name": " Lucy Bronze ", "position": "DEF"})

    signed = body(answer, 201)
    newcomer = {"id": signed["players"][-1]["id"], "name": "Lucy Bronze", "position": "DEF"}
    assert answer.headers["location"] == f"{squad}/{newcomer['id']}"
    assert signed == {**team, "players": [*team["players"], newcomer], "version": 3}
    assert body(api.get(f"/teams/{team['id']}")) == signed


def test_a_moved_player_keeps_place_and_name_and_the_answer_is_the_team(api, team, squad, player):
    body(api.post(squad, json={"name": "Lucy Bronze", "position": "DEF"}), 201)

    moved = body(api.patch(player, json={"position": "GK"}, headers={"if-match": '"3"'}))

    assert moved["version"] == 4
    assert moved["players"][0] == {**team["players"][0], "position": "GK"}
    assert body(api.get(f"/teams/{team['id']}")) == moved


def test_a_released_player_is_gone_and_the_answer_is_the_team(api, team, player):
    released = body(api.delete(player, headers={"if-match": '"2"'}))

    assert released == {**team, "players": [], "version": 3}
    assert problem(api.delete(player)) == (404, "not-found")
    assert body(api.get(f"/teams/{team['id']}")) == released


@pytest.mark.usefixtures("unchanged")
def test_a_player_who_is_not_in_the_squad_is_not_found_and_nothing_changes(api, squad):
    id = str(ULID())

    moved = api.patch(f"{squad}/{id}", json={"position": "GK"})
    released = api.delete(f"{squad}/{id}")

    assert problem(moved) == problem(released) == (404, "not-found")
    assert [(answer.json()["kind"], answer.json()["id"]) for answer in (moved, released)] == [("Player", id)] * 2


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
        body(api.post(squad, json={"name": f"Player {number}", "position": "MID"}), 201)

    answer = api.post(squad, json={"name": "One more", "position": "MID"})

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["players"]
    assert "at most 25" in answer.json()["detail"]
    assert len(body(api.get(f"/teams/{team['id']}"))["players"]) == 25


@pytest.mark.usefixtures("unchanged")
def test_a_name_that_the_squad_has_is_refused(api, squad):
    answer = api.post(squad, json={"name": "ZOË WHITE", "position": "GK"})

    assert problem(answer) == (422, "invalid-argument")
    assert "different names" in answer.json()["detail"]


@pytest.mark.parametrize("position", ["gk", "", None], ids=repr)
@pytest.mark.usefixtures("unchanged")
def test_an_unknown_position_is_refused_and_nothing_changes(api, squad, player, position):
    signed = api.post(squad, json={"name": "Lucy Bronze", "position": position})
    moved = api.patch(player, json={"position": position})

    assert problem(signed) == problem(moved) == (422, "invalid-argument")
    assert violations(signed) == violations(moved) == ["position"]


@pytest.mark.usefixtures("unchanged")
def test_a_change_of_the_squad_at_another_version_is_refused(api, squad, player):
    headers = {"if-match": '"3"'}

    answers = (
        api.post(squad, json={"name": "Lucy Bronze", "position": "DEF"}, headers=headers),
        api.patch(player, json={"position": "GK"}, headers=headers),
        api.delete(player, headers=headers),
    )

    assert [problem(answer) for answer in answers] == [(412, "conflict")] * 3
