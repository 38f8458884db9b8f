"""What the use cases of players may cost, in read and write units of DynamoDB. Teams are full, or nearly so."""

from domain.team import Position
from infrastructure.container import Container
from infrastructure.kernel.costs.budgets import Budgets
from tests.builders.teams import a_full_team
from tests.kernel.contracts.budgets import BudgetsContract
from usecases.players import MovePlayer
from usecases.players import MovePlayerRequest
from usecases.players import ReleasePlayer
from usecases.players import ReleasePlayerRequest
from usecases.players import SignPlayer
from usecases.players import SignPlayerRequest

budgets = Budgets()


@budgets.of(SignPlayer, read_units=1, write_units=2)
def signing(container):
    full = a_full_team()
    team = container.teams().add(full.release(full.players[0].id))
    return SignPlayerRequest(id=team.id, name="Ellen White", position=Position.ST)


@budgets.of(MovePlayer, read_units=1, write_units=2)
def moving(container):
    team = container.teams().add(a_full_team())
    return MovePlayerRequest(id=team.id, player_id=team.players[0].id, position=Position.GK)


@budgets.of(ReleasePlayer, read_units=1, write_units=2)
def releasing(container):
    team = container.teams().add(a_full_team())
    return ReleasePlayerRequest(id=team.id, player_id=team.players[0].id)


class TestBudgets(BudgetsContract):
    container, budgets = Container, budgets
