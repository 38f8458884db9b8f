"""Teams, players and their rules."""

import unicodedata

import pytest
from ulid import ULID

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.team import MAX_SQUAD
from domain.team import Player
from domain.team import Position
from domain.team import Team
from tests.builders.teams import a_full_team
from tests.builders.teams import a_player
from tests.builders.teams import a_team


def test_a_team_has_a_name_by_which_it_is_listed_and_an_empty_squad():
    team = Team(id="t1", name=" Leeds Ünited ")

    assert (team.name, team.players, team.version) == ("Leeds Ünited", (), 0)
    assert team.listed_as == "Leeds Ünited"


def test_a_renamed_team_keeps_its_squad():
    team = a_team("Leeds United")

    renamed = team.rename(" Leeds City ")

    assert (renamed.id, renamed.name, renamed.players) == (team.id, "Leeds City", team.players)
    assert team.name == "Leeds United"


def test_a_signed_player_is_the_last_of_the_squad():
    team, newcomer = a_team(), a_player("Lucy Bronze")

    signed = team.sign(newcomer)

    assert signed.players == (*team.players, newcomer)
    assert newcomer not in team.players


def test_a_squad_has_25_players_and_a_26th_is_refused():
    full = a_full_team("Leeds United")

    with pytest.raises(InvalidArgument, match="the squad of Leeds United is full"):
        full.sign(a_player("One more"))

    assert len(full.players) == MAX_SQUAD == 25


def test_a_team_of_26_players_cannot_be_made():
    with pytest.raises(InvalidArgument, match="at most 25"):
        a_team("Leeds", *(a_player(f"Player {number}") for number in range(26)))


@pytest.mark.parametrize(
    ("taken", "name"),
    [
        ("Ellen White", "Ellen White"),
        ("Ellen White", "ELLEN white"),
        ("Ellen White", "  Ellen White "),
        ("Zoë", unicodedata.normalize("NFD", "Zoë")),
        ("ZOË", unicodedata.normalize("NFD", "zoë")),
        ("Straße", "STRASSE"),
        ("Zoe", "Zoë"),
        ("Άρης", "ΑΡΗΣ"),
        ("\u0301", "\u0301"),
    ],
    ids=ascii,
)
def test_a_name_occurs_once_in_a_squad_whatever_its_case_and_accents(taken, name):
    team = a_team("Leeds", a_player(taken))

    with pytest.raises(InvalidArgument, match="different names"):
        team.sign(a_player(name))


def test_names_that_only_look_alike_may_be_in_one_squad():
    squad = a_team("Leeds", a_player("Bo"), a_player("Bø"), a_player("\u0301"), a_player("\u0302"))

    assert len(squad.players) == 4


def test_an_id_occurs_once_in_a_squad():
    player = a_player("Ellen White")
    namesake = player.evolve(name="Lucy Bronze")

    with pytest.raises(InvalidArgument, match="different ids"):
        a_team("Leeds", player).sign(namesake)


def test_each_rule_of_a_squad_names_the_players_as_what_breaks_it():
    player = a_player()
    broken = [
        (*a_full_team().players, a_player("One more")),
        (player, a_player(player.name)),
        (player, player.evolve(name="Lucy Bronze")),
    ]

    for players in broken:
        with pytest.raises(InvalidArgument) as refused:
            a_team("Leeds", *players)

        assert [violation.input for violation in refused.value.violations] == ["players"]


@pytest.mark.parametrize("position", ["gk", "GOAL", "", None, 1, " GK"])
def test_an_unknown_position_is_refused(position):
    team = a_team()

    with pytest.raises(InvalidArgument, match="position"):
        a_player(position=position)
    with pytest.raises(InvalidArgument, match="position"):
        team.move(team.players[0].id, position)


def test_the_positions_are_exactly_four():
    assert [position.value for position in Position] == ["GK", "DEF", "MID", "ST"]
    assert Player.model_validate({"id": "p1", "name": "Ellen", "position": "GK"}).position is Position.GK


def test_a_player_is_found_by_id():
    team = a_team("Leeds", a_player("Ellen White"), a_player("Lucy Bronze"))

    assert team.player(team.players[1].id) == team.players[1]


def test_a_moved_player_keeps_name_and_place():
    team = a_team("Leeds", a_player("Ellen White"), a_player("Lucy Bronze"), a_player("Beth Mead"))
    player = team.players[1]

    moved = team.move(player.id, Position.GK)

    assert moved.players == (team.players[0], player.evolve(position=Position.GK), team.players[2])
    assert team.players[1] == player


def test_a_released_player_is_gone_and_the_others_keep_their_order():
    team = a_team("Leeds", a_player("Ellen White"), a_player("Lucy Bronze"), a_player("Beth Mead"))

    released = team.release(team.players[1].id)

    assert released.players == (team.players[0], team.players[2])
    assert len(team.players) == 3


def test_who_is_not_in_the_squad_is_not_found():
    team, id = a_team(), str(ULID())

    for call in (lambda: team.player(id), lambda: team.move(id, Position.GK), lambda: team.release(id)):
        with pytest.raises(NotFound) as missing:
            call()

        assert (missing.value.kind, missing.value.id) == ("Player", id)


def test_behaviour_touches_neither_id_nor_version():
    team = a_team().at_version(7)
    player = team.players[0]

    changed = [team.rename("X"), team.sign(a_player("Y")), team.move(player.id, Position.GK), team.release(player.id)]

    assert {(each.id, each.version) for each in changed} == {(team.id, 7)}


@pytest.mark.parametrize("name", ["", "x" * 101], ids=["empty", "long"])
def test_teams_and_players_cannot_have_a_wrong_name(name):
    for call in (lambda: a_team(name), lambda: a_team().rename(name), lambda: a_player(name)):
        with pytest.raises(InvalidArgument, match="name"):
            call()


def test_a_squad_given_as_plain_data_is_validated_and_its_errors_have_a_path():
    with pytest.raises(InvalidArgument) as refused:
        Team.model_validate({"id": "t1", "name": "Leeds", "players": [{"id": "..", "name": "x", "position": "?"}]})

    assert [violation.input for violation in refused.value.violations] == ["players.0.id", "players.0.position"]
