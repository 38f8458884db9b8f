"""What can be done with the players of a team."""

from collections.abc import Callable

from domain.kernel.events import EventFactory
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.team import Player
from domain.team import PlayerMoved
from domain.team import PlayerReleased
from domain.team import PlayerSigned
from domain.team import Position
from domain.team import Team
from domain.team import TeamRepository
from usecases.kernel.conflicts import retry_conflicts
from usecases.kernel.requests import ChangeRequest


class SignPlayerRequest(ChangeRequest):
    """Which team signs, and whom."""

    name: Name
    position: Position


class SignPlayer:
    """Adds a player to the squad of a team, as its last."""

    def __init__(self, teams: TeamRepository, events: EventFactory, new_id: Callable[[], str]) -> None:
        self._teams = teams
        self._events = events
        self._new_id = new_id

    @retry_conflicts
    def execute(self, request: SignPlayerRequest) -> Team:
        team = self._teams.get(request.id, consistent=True)
        request.require_version(team)
        player = Player(id=self._new_id(), name=request.name, position=request.position)
        return self._teams.save(team.sign(player), self._events(PlayerSigned, team, player=player))


class MovePlayerRequest(ChangeRequest):
    """Which player of which team to move, and where to."""

    player_id: Id
    position: Position


class MovePlayer:
    """Gives a player of a team another position."""

    def __init__(self, teams: TeamRepository, events: EventFactory) -> None:
        self._teams = teams
        self._events = events

    @retry_conflicts
    def execute(self, request: MovePlayerRequest) -> Team:
        team = self._teams.get(request.id, consistent=True)
        request.require_version(team)
        moved = team.move(request.player_id, request.position)
        event = self._events(PlayerMoved, team, player_id=request.player_id, position=request.position)
        return self._teams.save(moved, event)


class ReleasePlayerRequest(ChangeRequest):
    """Which player of which team to release."""

    player_id: Id


class ReleasePlayer:
    """Removes a player from the squad of a team."""

    def __init__(self, teams: TeamRepository, events: EventFactory) -> None:
        self._teams = teams
        self._events = events

    @retry_conflicts
    def execute(self, request: ReleasePlayerRequest) -> Team:
        team = self._teams.get(request.id, consistent=True)
        request.require_version(team)
        released = team.release(request.player_id)
        return self._teams.save(released, self._events(PlayerReleased, team, player_id=request.player_id))
