"""What it may cost to keep the number of players per team, in read and write units of DynamoDB."""

from domain.team import TeamCreated
from infrastructure.container import Container
from infrastructure.kernel.costs.budgets import Budgets
from tests.builders.teams import a_team
from tests.kernel.contracts.budgets import BudgetsContract
from usecases.team_sizes import CountPlayers

budgets = Budgets()


@budgets.of(CountPlayers, "the first event of a team", read_units=2, write_units=6)
def counting(container):
    team = a_team()
    return container.events()(TeamCreated, team, name=team.name)


class TestBudgets(BudgetsContract):
    container, budgets = Container, budgets
