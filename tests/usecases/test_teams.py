"""What can be done with teams, on every adapter."""

import pytest
from ulid import ULID

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.team import PlayerSigned
from domain.team import Team
from domain.team import TeamCreated
from domain.team import TeamDisbanded
from domain.team import TeamRenamed
from tests.builders.teams import a_player
from tests.builders.teams import a_team
from tests.kernel.usecases.races import interfere
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.kernel.requests import LookUpRequest
from usecases.teams import CreateTeamRequest
from usecases.teams import RenameTeamRequest


@pytest.fixture
def team(container) -> Team:
    return container.teams().add(a_team("Leeds United"))


def rename_to(name, id, version=None):
    return RenameTeamRequest(id=id, name=name, expected_version=version)


def test_a_team_is_created_with_an_empty_squad_under_a_new_id_with_its_event(container, published):
    first = container.create_team().execute(CreateTeamRequest(name=" Leeds United "))
    second = container.create_team().execute(CreateTeamRequest(name="Leeds United"))

    assert (first.name, first.players, first.version) == ("Leeds United", (), 1)
    assert first.id != second.id
    assert container.teams().get(first.id) == first
    assert [(type(event), event.aggregate_id, event.version, event.name) for event in published()] == [
        (TeamCreated, first.id, 1, "Leeds United"),
        (TeamCreated, second.id, 1, "Leeds United"),
    ]


def test_an_imported_team_keeps_its_id_and_squad_and_an_event_tells_of_each_player(container, published):
    elsewhere = a_team("Leeds United", a_player("Ellen White"), a_player("Lucy Bronze"))

    imported = container.import_team().execute(elsewhere)

    assert imported == elsewhere.at_version(1)
    assert container.teams().get(elsewhere.id) == imported
    created, *signed = published()
    assert (type(created), created.name, created.version) == (TeamCreated, "Leeds United", 1)
    assert [(type(event), event.player, event.version) for event in signed] == [
        (PlayerSigned, player, 1) for player in elsewhere.players
    ]


def test_an_import_leaves_a_taken_id_alone(container, team, published):
    with pytest.raises(AlreadyExists):
        container.import_team().execute(team.rename("Leeds City").at_version(0))

    assert container.teams().get(team.id) == team
    assert published() == []


def test_a_team_is_got_by_its_id(container, team):
    assert container.get_team().execute(GetRequest(id=team.id)) == team


def test_teams_are_looked_up_in_the_order_asked_without_the_missing(container, team):
    other = container.teams().add(a_team("Leeds City"))

    found = container.look_up_teams().execute(LookUpRequest(ids=(other.id, str(ULID()), team.id, other.id)))

    assert found == [other, team, other]


def test_a_team_that_does_not_exist_is_not_found(container, published):
    id = str(ULID())

    for call in (
        lambda: container.get_team().execute(GetRequest(id=id)),
        lambda: container.rename_team().execute(rename_to("Leeds", id)),
        lambda: container.disband_team().execute(ChangeRequest(id=id)),
        lambda: container.disband_team().execute(ChangeRequest(id=id, expected_version=1)),
    ):
        with pytest.raises(NotFound):
            call()

    assert published() == []


def test_teams_are_listed_by_name_a_page_at_a_time(container):
    for name in ("Beta", "alpha", "Gamma"):
        container.create_team().execute(CreateTeamRequest(name=name))

    first = container.list_teams().execute(ListRequest(limit=2))
    second = container.list_teams().execute(ListRequest(limit=2, cursor=first.next_cursor))

    assert [team.name for team in (*first.items, *second.items)] == ["alpha", "Beta", "Gamma"]
    assert [team.name for team in container.list_teams().execute(ListRequest(prefix="G")).items] == ["Gamma"]


def test_a_renamed_team_keeps_its_squad_and_is_stored_one_version_up_with_its_event(container, team, published):
    renamed = container.rename_team().execute(rename_to("Leeds City", team.id))

    assert renamed == team.rename("Leeds City").at_version(2)
    assert container.teams().get(team.id) == renamed
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (TeamRenamed, team.id, 2)
    assert event.name == "Leeds City"


def test_a_disbanded_team_is_gone_and_its_event_tells(container, team, published):
    container.disband_team().execute(ChangeRequest(id=team.id))

    with pytest.raises(NotFound):
        container.teams().get(team.id)
    [event] = published()
    assert (type(event), event.aggregate_id, event.version) == (TeamDisbanded, team.id, 2)


def test_a_change_of_the_expected_version_is_made(container, team):
    container.rename_team().execute(rename_to("Leeds City", team.id, version=1))
    container.disband_team().execute(ChangeRequest(id=team.id, expected_version=2))

    assert container.teams().get_many([team.id]) == []


def test_a_change_of_another_version_than_expected_is_refused_and_changes_nothing(container, team, published):
    for call in (
        lambda: container.rename_team().execute(rename_to("Leeds", team.id, version=2)),
        lambda: container.disband_team().execute(ChangeRequest(id=team.id, expected_version=2)),
    ):
        with pytest.raises(Conflict) as refused:
            call()

        assert (refused.value.expected, refused.value.found) == (2, 1)
    assert container.teams().get(team.id) == team
    assert published() == []


def test_a_change_that_races_with_another_is_made_on_top_of_it(container, team):
    teams, newcomer = container.teams(), a_player("Lucy Bronze")
    interfere(container, lambda: teams.save(team.sign(newcomer)))

    renamed = container.rename_team().execute(rename_to("Leeds City", team.id))

    assert renamed == team.sign(newcomer).rename("Leeds City").at_version(3)
    assert teams.get(team.id) == renamed


def test_a_disbanding_that_races_with_another_change_is_made(container, team):
    interfere(container, lambda: container.teams().save(team.rename("In between")))

    container.disband_team().execute(ChangeRequest(id=team.id))

    assert container.teams().get_many([team.id]) == []
