"""What can be done with the players of a team, on every adapter."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from ulid import ULID

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.team import PlayerMoved
from domain.team import PlayerReleased
from domain.team import PlayerSigned
from domain.team import Position
from domain.team import Team
from tests.builders.teams import a_full_team
from tests.builders.teams import a_player
from tests.builders.teams import a_team
from tests.kernel.usecases.races import interfere
from usecases.players import MovePlayerRequest
from usecases.players import ReleasePlayerRequest
from usecases.players import SignPlayerRequest

THREADS = 8
CHANGES = 150
CHANGES_ON_MOTO = 1


@pytest.fixture
def team(container) -> Team:
    return container.teams().add(a_team("Leeds United", a_player("Ellen White"), a_player("Lucy Bronze")))


def sign(container, team, name="Beth Mead", version=None):
    request = SignPlayerRequest(id=team.id, name=name, position=Position.MID, expected_version=version)
    return container.sign_player().execute(request)


def move(container, team, player_id, position=Position.GK, version=None):
    request = MovePlayerRequest(id=team.id, player_id=player_id, position=position, expected_version=version)
    return container.move_player().execute(request)


def release(container, team, player_id, version=None):
    request = ReleasePlayerRequest(id=team.id, player_id=player_id, expected_version=version)
    return container.release_player().execute(request)


def test_a_signed_player_is_the_last_of_the_squad_under_a_new_id_with_an_event(container, team, published):
    signed = sign(container, team)

    newcomer = signed.players[-1]
    assert signed == team.sign(newcomer).at_version(2)
    assert (newcomer.name, newcomer.position) == ("Beth Mead", Position.MID)
    assert newcomer.id not in {team.id, *(player.id for player in team.players)}
    assert container.teams().get(team.id) == signed
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (PlayerSigned, team.id, 2)
    assert event.player == newcomer


def test_a_moved_player_keeps_place_in_the_squad_and_an_event_tells(container, team, published):
    player = team.players[0]

    moved = move(container, team, player.id)

    assert moved == team.move(player.id, Position.GK).at_version(2)
    assert container.teams().get(team.id) == moved
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (PlayerMoved, team.id, 2)
    assert (event.player_id, event.position) == (player.id, Position.GK)


def test_a_released_player_is_gone_and_an_event_tells(container, team, published):
    goes, stays = team.players

    released = release(container, team, goes.id)

    assert (released.players, released.version) == ((stays,), 2)
    assert container.teams().get(team.id) == released
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (PlayerReleased, team.id, 2)
    assert event.player_id == goes.id


def test_a_player_who_is_not_in_the_squad_is_not_found_and_nothing_changes(container, team, published):
    id = str(ULID())

    for call in (move, release):
        with pytest.raises(NotFound) as missing:
            call(container, team, id)

        assert (missing.value.kind, missing.value.id) == ("Player", id)
    assert container.teams().get(team.id) == team
    assert published() == []


def test_the_squad_of_a_missing_team_cannot_be_changed(container):
    missing = a_team()

    for call in (
        lambda: sign(container, missing),
        lambda: move(container, missing, missing.players[0].id),
        lambda: release(container, missing, missing.players[0].id),
    ):
        with pytest.raises(NotFound) as refused:
            call()

        assert (refused.value.kind, refused.value.id) == ("Team", missing.id)


def test_a_full_squad_signs_nobody(container, published):
    full = container.teams().add(a_full_team())

    with pytest.raises(InvalidArgument, match="full"):
        sign(container, full)

    assert container.teams().get(full.id) == full
    assert published() == []


def test_a_name_that_the_squad_has_is_not_signed_again(container, team, published):
    with pytest.raises(InvalidArgument, match="different names"):
        sign(container, team, name="ELLEN WHITE")

    assert container.teams().get(team.id) == team
    assert published() == []


def test_a_change_of_the_expected_version_is_made(container, team):
    player = team.players[0]

    sign(container, team, version=1)
    move(container, team, player.id, version=2)
    released = release(container, team, player.id, version=3)

    assert released.version == 4


def test_a_change_of_another_version_than_expected_is_refused_and_changes_nothing(container, team, published):
    player = team.players[0]

    for call in (
        lambda: sign(container, team, version=2),
        lambda: move(container, team, player.id, version=2),
        lambda: release(container, team, player.id, version=2),
    ):
        with pytest.raises(Conflict):
            call()

    assert container.teams().get(team.id) == team
    assert published() == []


@pytest.mark.parametrize("change", [sign, lambda c, t: move(c, t, t.players[0].id)], ids=["sign", "move"])
def test_a_change_that_races_with_another_is_made_on_top_of_it(container, team, change):
    between = a_player("Alex Greenwood")
    interfere(container, lambda: container.teams().save(team.sign(between)))

    changed = change(container, team)

    assert changed.version == 3
    assert between in changed.players
    assert container.teams().get(team.id) == changed


def test_of_two_racing_releases_of_a_player_the_second_finds_nobody(container, team):
    player = team.players[0]
    interfere(container, lambda: container.teams().save(team.release(player.id)))

    with pytest.raises(NotFound):
        release(container, team, player.id)

    assert container.teams().get(team.id).version == 2


def test_changes_by_several_threads_lose_none(adapter, container, published):
    changes = CHANGES_ON_MOTO if adapter.name == "moto" else CHANGES
    players = [a_player(f"Player {thread}", Position.GK) for thread in range(THREADS)]
    team = container.teams().add(a_team("Leeds United", *players))
    positions = list(Position)

    def move_often(player):
        done = 0
        while done < changes:
            try:
                move(container, team, player.id, positions[done % len(positions)])
                done += 1
            except Conflict:
                continue

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(move_often, players))

    stored, events = container.teams().get(team.id, consistent=True), published()
    assert stored.version == 1 + THREADS * changes
    assert {player.position for player in stored.players} == {positions[(changes - 1) % len(positions)]}
    assert [event.version for event in events] == list(range(2, 2 + THREADS * changes))
    for player in players:
        moves = [event.position for event in events if event.player_id == player.id]
        assert moves == [positions[number % len(positions)] for number in range(changes)]
