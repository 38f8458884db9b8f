"""What can be done with teams."""

from collections.abc import Callable

from domain.kernel.events import EventFactory
from domain.kernel.repository import Page
from domain.kernel.text import Name
from domain.kernel.value import Value
from domain.team import PlayerSigned
from domain.team import Team
from domain.team import TeamCreated
from domain.team import TeamDisbanded
from domain.team import TeamRenamed
from domain.team import TeamRepository
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.changes import Removed
from usecases.kernel.changes import RemoveOne
from usecases.kernel.imports import Import
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.kernel.requests import LookUpRequest


class CreateTeamRequest(Value):
    """What a new team is called."""

    name: Name


class CreateTeam:
    """Creates a team with an empty squad."""

    def __init__(self, teams: TeamRepository, events: EventFactory, new_id: Callable[[], str]) -> None:
        self._teams = teams
        self._events = events
        self._new_id = new_id

    def execute(self, request: CreateTeamRequest) -> Team:
        team = Team(id=self._new_id(), name=request.name)
        return self._teams.add(team, self._events(TeamCreated, team, name=team.name))


class ImportTeam(Import[Team]):
    """Adds a team that was made elsewhere, its squad included."""

    kind = Team

    def __init__(self, teams: TeamRepository, events: EventFactory) -> None:
        self._teams = teams
        self._events = events

    def execute(self, request: Team) -> Team:
        created = self._events(TeamCreated, request, name=request.name)
        signed = (self._events(PlayerSigned, request, player=player) for player in request.players)
        return self._teams.add(request, created, *signed)


class GetTeam:
    """The team of that id."""

    def __init__(self, teams: TeamRepository) -> None:
        self._teams = teams

    def execute(self, request: GetRequest) -> Team:
        return self._teams.get(request.id)


class LookUpTeams:
    """The teams of many ids, in the order asked, without those that do not exist."""

    def __init__(self, teams: TeamRepository) -> None:
        self._teams = teams

    def execute(self, request: LookUpRequest) -> list[Team]:
        return self._teams.get_many(request.ids)


class ListTeams:
    """The teams by name, a page at a time."""

    def __init__(self, teams: TeamRepository) -> None:
        self._teams = teams

    def execute(self, request: ListRequest) -> Page[Team]:
        return self._teams.page(request.query, limit=request.limit, cursor=request.cursor)


class RenameTeamRequest(ChangeRequest):
    """Which team to rename, and to what."""

    name: Name


class RenameTeam(ChangeOne[Team, RenameTeamRequest]):
    """Gives a team another name."""

    def change(self, team: Team, request: RenameTeamRequest) -> Changed[Team]:
        renamed = team.rename(request.name)
        return Changed(renamed, self._events(TeamRenamed, renamed, name=renamed.name))


class DisbandTeam(RemoveOne[Team, ChangeRequest]):
    """Removes a team, and its squad with it."""

    def remove(self, team: Team, request: ChangeRequest) -> Removed:
        return Removed(self._events(TeamDisbanded, team))
