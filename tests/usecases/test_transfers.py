"""Moving players between teams, on every adapter."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from ulid import ULID

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.team import PlayerTransferred
from domain.team import Team
from tests.builders.teams import a_full_team
from tests.builders.teams import a_player
from tests.builders.teams import a_team
from tests.kernel.usecases.races import interfere
from tests.kernel.usecases.races import interfere_between_reads
from usecases.kernel.conflicts import MAX_ATTEMPTS
from usecases.transfers import TransferPlayerRequest

THREADS = 8
TRANSFERS = 25
TRANSFERS_ON_MOTO = 1
TEAMS = 4
PLAYERS_PER_TEAM = 5


@pytest.fixture
def seller(container) -> Team:
    return container.teams().add(a_team("Leeds United", a_player("Ellen White"), a_player("Lucy Bronze")))


@pytest.fixture
def buyer(container) -> Team:
    return container.teams().add(a_team("Leeds City", a_player("Beth Mead")))


def transfer(container, player_id, from_team, to_team):
    request = TransferPlayerRequest(player_id=player_id, from_team=from_team, to_team=to_team)
    return container.transfer_player().execute(request)


def test_a_transferred_player_leaves_one_squad_and_is_the_last_of_the_other(container, seller, buyer):
    player, stays = seller.players

    result = transfer(container, player.id, seller.id, buyer.id)

    assert (result.from_team.players, result.from_team.version) == ((stays,), 2)
    assert (result.to_team.players, result.to_team.version) == ((*buyer.players, player), 2)
    assert container.teams().get_many([seller.id, buyer.id]) == [result.from_team, result.to_team]


def test_each_team_has_an_event_of_the_transfer_and_both_share_its_id(container, seller, buyer, published):
    player = seller.players[0]

    for _ in range(2):
        transfer(container, player.id, seller.id, buyer.id)
        transfer(container, player.id, buyer.id, seller.id)

    events = published()
    left, came = sorted(events[:2], key=lambda event: event.direction, reverse=True)
    assert (type(left), left.aggregate_id, left.version) == (PlayerTransferred, seller.id, 2)
    assert (type(came), came.aggregate_id, came.version) == (PlayerTransferred, buyer.id, 2)
    assert (left.direction, left.other_team_id, left.player) == ("out", buyer.id, player)
    assert (came.direction, came.other_team_id, came.player) == ("in", seller.id, player)
    assert left.transfer_id == came.transfer_id
    assert len({event.transfer_id for event in events}) == 4
    assert len({event.event_id for event in events}) == 8


def refused(container, published, error, player_id, from_team, to_team):
    """The error that refuses the transfer, which changes neither team and publishes nothing."""
    before = container.teams().get_many([from_team, to_team])
    with pytest.raises(error) as refused:
        transfer(container, player_id, from_team, to_team)
    assert container.teams().get_many([from_team, to_team]) == before
    assert published() == []
    return refused.value


def test_a_player_who_is_not_in_the_first_squad_is_not_found(container, seller, buyer, published):
    id = buyer.players[0].id

    error = refused(container, published, NotFound, id, seller.id, buyer.id)

    assert (error.kind, error.id) == ("Player", id)


def test_a_team_that_does_not_exist_is_not_found(container, seller, buyer, published):
    id, player = str(ULID()), seller.players[0]

    errors = (
        refused(container, published, NotFound, player.id, id, buyer.id),
        refused(container, published, NotFound, player.id, seller.id, id),
    )

    assert [(error.kind, error.id) for error in errors] == [("Team", id)] * 2


def test_a_full_second_squad_takes_nobody(container, seller, published):
    full = container.teams().add(a_full_team("Leeds City"))

    error = refused(container, published, InvalidArgument, seller.players[0].id, seller.id, full.id)

    assert "the squad of Leeds City is full" in str(error)


def test_a_second_squad_that_has_the_name_does_not_take_the_player(container, seller, published):
    namesake = container.teams().add(a_team("Leeds City", a_player("ellen WHITE")))

    error = refused(container, published, InvalidArgument, seller.players[0].id, seller.id, namesake.id)

    assert "different names" in str(error)


def test_a_transfer_within_one_team_is_refused(container, seller, published):
    error = refused(container, published, InvalidArgument, seller.players[0].id, seller.id, seller.id)

    assert [violation.input for violation in error.violations] == ["to_team"]


@pytest.mark.parametrize("role", ["seller", "buyer"])
def test_a_transfer_that_races_with_another_change_is_made_on_top_of_it(container, seller, buyer, published, role):
    teams, changed = container.teams(), {"seller": seller, "buyer": buyer}[role]
    player, between = seller.players[0], a_player("Alex Greenwood")
    interfere(container, lambda: teams.save(changed.sign(between)))

    transfer(container, player.id, seller.id, buyer.id)

    assert between in teams.get(changed.id).players
    assert teams.get(changed.id).version == 3
    assert player not in teams.get(seller.id).players
    assert player in teams.get(buyer.id).players
    assert len(published()) == 2


def test_a_transfer_that_races_with_a_release_of_the_player_finds_nobody(container, seller, buyer):
    player = seller.players[0]
    interfere(container, lambda: container.teams().save(seller.release(player.id)))

    with pytest.raises(NotFound):
        transfer(container, player.id, seller.id, buyer.id)

    assert container.teams().get(buyer.id) == buyer


def test_a_transfer_that_races_with_the_same_transfer_finds_nobody(container, seller, buyer):
    teams, player = container.teams(), seller.players[0]

    def transfer_first() -> None:
        teams.save(seller.release(player.id))
        teams.save(buyer.sign(player))

    interfere_between_reads(container, transfer_first)

    with pytest.raises(NotFound) as refused:
        transfer(container, player.id, seller.id, buyer.id)

    assert (refused.value.kind, refused.value.id) == ("Player", player.id)
    assert (teams.get(seller.id).version, teams.get(buyer.id).version) == (2, 2)


def test_a_transfer_that_begins_before_its_player_arrives_is_made_when_the_player_is_there(container, seller, buyer):
    teams, player = container.teams(), buyer.players[0]

    def transfer_back() -> None:
        teams.save(buyer.release(player.id))
        teams.save(seller.sign(player))

    interfere_between_reads(container, transfer_back)

    transfer(container, player.id, seller.id, buyer.id)

    assert player not in teams.get(seller.id).players
    assert player in teams.get(buyer.id).players


def test_a_transfer_that_races_with_the_disbanding_of_a_team_fails_and_changes_nothing(container, seller, buyer):
    interfere(container, lambda: container.teams().remove(buyer))

    with pytest.raises((NotFound, TransactionFailed)):
        transfer(container, seller.players[0].id, seller.id, buyer.id)

    assert container.teams().get(seller.id) == seller


def test_a_transfer_that_never_wins_ends_in_the_failure_and_changes_nothing(container, seller, buyer, monkeypatch):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    teams, changes = container.teams(), []

    def always_change():
        changes.append(teams.save(teams.get(buyer.id)))
        interfere(container, always_change)

    interfere(container, always_change)

    with pytest.raises(TransactionFailed):
        transfer(container, seller.players[0].id, seller.id, buyer.id)

    assert len(changes) >= MAX_ATTEMPTS
    assert teams.get(seller.id) == seller


def test_transfers_by_several_threads_leave_every_player_in_exactly_one_squad(adapter, container, published):
    transfers = TRANSFERS_ON_MOTO if adapter.name == "moto" else TRANSFERS
    teams = [
        container.teams().add(a_team(f"Team {t}", *(a_player(f"Player {t}{n}") for n in range(PLAYERS_PER_TEAM))))
        for t in range(TEAMS)
    ]
    players = sorted(player.id for team in teams for player in team.players)

    def transfer_often(thread: int) -> None:
        chance = random.Random(thread)
        done = 0
        while done < transfers:
            from_team, to_team = chance.sample(teams, 2)
            squad = container.teams().get(from_team.id).players
            try:
                if squad:
                    transfer(container, chance.choice(squad).id, from_team.id, to_team.id)
                    done += 1
            except (NotFound, Conflict, TransactionFailed):
                continue

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(transfer_often, range(THREADS)))

    stored = [container.teams().get(team.id, consistent=True) for team in teams]
    assert sorted(player.id for team in stored for player in team.players) == players
    assert sum(team.version - 1 for team in stored) == 2 * THREADS * transfers
    assert len(published()) == 2 * THREADS * transfers
