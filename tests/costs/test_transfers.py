"""What a transfer may cost, in read and write units of DynamoDB. One team is full, the other one empty."""

from domain.team import Team
from infrastructure.container import Container
from infrastructure.kernel.costs.budgets import Budgets
from tests.builders.teams import a_full_team
from tests.kernel.contracts.budgets import BudgetsContract
from usecases.transfers import TransferPlayer
from usecases.transfers import TransferPlayerRequest

budgets = Budgets()


@budgets.of(TransferPlayer, read_units=2, write_units=6)
def transferring(container):
    seller = container.teams().add(a_full_team())
    buyer = container.teams().add(Team(id=container.new_id(), name="Leeds City"))
    return TransferPlayerRequest(player_id=seller.players[0].id, from_team=seller.id, to_team=buyer.id)


class TestBudgets(BudgetsContract):
    container, budgets = Container, budgets
