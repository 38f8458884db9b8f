"""Transfers of players over HTTP."""

import pytest
from ulid import ULID

from tests.kernel.infrastructure.http.answers import body
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.answers import violations


def a_team(api, name, *players):
    team = body(api.post("/teams", json={"name": name}), 201)
    for player in players:
        team = body(api.post(f"/teams/{team['id']}/players", json={"name": player, "position": "ST"}), 201)
    return team


@pytest.fixture
def seller(api):
    return a_team(api, "Leeds United", "Ellen White", "Lucy Bronze")


@pytest.fixture
def buyer(api):
    return a_team(api, "Leeds City", "Beth Mead")


def test_a_transferred_player_moves_from_one_squad_to_the_end_of_the_other(api, seller, buyer):
    player, stays = seller["players"]

    answer = api.post("/transfers", json={"player_id": player["id"], "from_team": seller["id"], "to_team": buyer["id"]})

    assert body(answer) == {
        "from_team": {**seller, "players": [stays], "version": seller["version"] + 1},
        "to_team": {**buyer, "players": [*buyer["players"], player], "version": buyer["version"] + 1},
    }
    assert api.get(f"/teams/{seller['id']}").json() == answer.json()["from_team"]
    assert api.get(f"/teams/{buyer['id']}").json() == answer.json()["to_team"]


def refused(api, seller, buyer, **changes):
    """The answer to a transfer, with `changes`, that changes neither team."""
    transfer = {"player_id": seller["players"][0]["id"], "from_team": seller["id"], "to_team": buyer["id"]}
    answer = api.post("/transfers", json={**transfer, **changes})
    assert [api.get(f"/teams/{team['id']}").json() for team in (seller, buyer)] == [seller, buyer]
    return answer


def test_a_player_who_is_not_in_the_first_squad_is_not_found(api, seller, buyer):
    answer = refused(api, seller, buyer, player_id=buyer["players"][0]["id"])

    assert problem(answer) == (404, "not-found")
    assert (answer.json()["kind"], answer.json()["id"]) == ("Player", buyer["players"][0]["id"])


@pytest.mark.parametrize("role", ["from_team", "to_team"])
def test_a_team_that_does_not_exist_is_not_found(api, seller, buyer, role):
    id = str(ULID())

    answer = refused(api, seller, buyer, **{role: id})

    assert problem(answer) == (404, "not-found")
    assert (answer.json()["kind"], answer.json()["id"]) == ("Team", id)


def test_a_full_second_squad_takes_nobody(api, seller):
    full = a_team(api, "Leeds City", *(f"Player {number}" for number in range(25)))

    answer = refused(api, seller, full)

    assert problem(answer) == (422, "invalid-argument")
    assert "the squad of Leeds City is full" in answer.json()["detail"]


def test_a_second_squad_that_has_the_name_does_not_take_the_player(api, seller):
    namesake = a_team(api, "Leeds City", "ELLEN WHITE")

    answer = refused(api, seller, namesake)

    assert problem(answer) == (422, "invalid-argument")
    assert "different names" in answer.json()["detail"]


def test_a_transfer_within_one_team_is_refused(api, seller, buyer):
    answer = refused(api, seller, buyer, to_team=seller["id"])

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == ["to_team"]


@pytest.mark.parametrize("field", ["player_id", "from_team", "to_team"])
def test_a_wrong_id_is_refused_by_its_field(api, seller, buyer, field):
    answer = refused(api, seller, buyer, **{field: "a/b"})

    assert problem(answer) == (422, "invalid-argument")
    assert violations(answer) == [field]
