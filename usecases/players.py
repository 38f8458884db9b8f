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
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.requests import ChangeRequest


class SignPlayerRequest(ChangeRequest):
    """Which team signs, and whom."""

    name: Name
    position: Position


class SignPlayer(ChangeOne[Team, SignPlayerRequest]):
    """Adds a player to the squad of a team, as its last."""

    def __init__(self, teams: TeamRepository, events: EventFactory, new_id: Callable[[], str]) -> None:
        super().__init__(teams, events)
        self._new_id = new_id

    def change(self, team: Team, request: SignPlayerRequest) -> Changed[Team]:
        player = Player(id=self._new_id(), name=request.name, position=request.position)
        return Changed(team.sign(player), self._events(PlayerSigned, team, player=player))


class MovePlayerRequest(ChangeRequest):
    """Which player of which team to move, and where to."""

    player_id: Id
    position: Position


class MovePlayer(ChangeOne[Team, MovePlayerRequest]):
    """Gives a player of a team another position."""

    def change(self, team: Team, request: MovePlayerRequest) -> Changed[Team]:
        moved = team.move(request.player_id, request.position)
        return Changed(moved, self._events(PlayerMoved, team, player_id=request.player_id, position=request.position))


class ReleasePlayerRequest(ChangeRequest):
    """Which player of which team to release."""

    player_id: Id


class ReleasePlayer(ChangeOne[Team, ReleasePlayerRequest]):
    """Removes a player from the squad of a team."""

    def change(self, team: Team, request: ReleasePlayerRequest) -> Changed[Team]:
        released = team.release(request.player_id)
        return Changed(released, self._events(PlayerReleased, team, player_id=request.player_id))
