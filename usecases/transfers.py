"""Moving players between teams."""

from collections.abc import Callable
from typing import Self

from pydantic import model_validator

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import EventFactory
from domain.kernel.text import Id
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.value import Value
from domain.team import PlayerTransferred
from domain.team import Team
from usecases.kernel.changes import Transaction


class TransferPlayerRequest(Value):
    """Who moves, where from and where to."""

    player_id: Id
    from_team: Id
    to_team: Id

    @model_validator(mode="after")
    def _names_two_teams(self) -> Self:
        if self.from_team == self.to_team:
            raise InvalidArgument("to_team", "must be another team than from_team")
        return self


class Transfer(Value):
    """Both teams after a transfer."""

    from_team: Team
    to_team: Team


class TransferPlayer(Transaction[TransferPlayerRequest, Transfer]):
    """Moves a player between two teams. Both squads change, or neither does."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], events: EventFactory, new_id: Callable[[], str]) -> None:
        super().__init__(unit_of_work, events)
        self._new_id = new_id

    def change(self, request: TransferPlayerRequest, work: UnitOfWork) -> Transfer:
        teams = work.of(Team)
        seller = teams.get(request.from_team)
        buyer = teams.get(request.to_team)
        player = seller.player(request.player_id)
        story = {"transfer_id": self._new_id(), "player": player}
        left = self._events(PlayerTransferred, seller, direction="out", other_team_id=buyer.id, **story)
        came = self._events(PlayerTransferred, buyer, direction="in", other_team_id=seller.id, **story)
        return Transfer(
            from_team=teams.save(seller.release(player.id), left),
            to_team=teams.save(buyer.sign(player), came),
        )
