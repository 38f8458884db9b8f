"""What the use cases of teams may cost, in read and write units of DynamoDB. Teams are full: 25 players."""

from infrastructure.container import Container
from infrastructure.kernel.costs.budgets import Budgets
from tests.builders.teams import a_full_team
from tests.kernel.contracts.budgets import BudgetsContract
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.kernel.requests import LookUpRequest
from usecases.teams import CreateTeam
from usecases.teams import CreateTeamRequest
from usecases.teams import DisbandTeam
from usecases.teams import GetTeam
from usecases.teams import ImportTeam
from usecases.teams import ListTeams
from usecases.teams import LookUpTeams
from usecases.teams import RenameTeam
from usecases.teams import RenameTeamRequest

budgets = Budgets()


@budgets.of(CreateTeam, write_units=2)
def creating(container):
    return CreateTeamRequest(name="Leeds United")


@budgets.of(ImportTeam, write_units=9)
def importing(container):
    return a_full_team()


@budgets.of(GetTeam, read_units=0.5)
def getting(container):
    return GetRequest(id=container.teams().add(a_full_team()).id)


@budgets.of(LookUpTeams, "10 of them", read_units=5)
def looking_up(container):
    return LookUpRequest(ids=tuple(container.teams().add(a_full_team()).id for _ in range(10)))


@budgets.of(ListTeams, "a page of 10", read_units=5.5)
def listing(container):
    container.teams().put_many(a_full_team() for _ in range(20))
    return ListRequest(limit=10)


@budgets.of(RenameTeam, read_units=1, write_units=4)
def renaming(container):
    return RenameTeamRequest(id=container.teams().add(a_full_team()).id, name="Leeds City")


@budgets.of(DisbandTeam, read_units=1, write_units=3)
def disbanding(container):
    return ChangeRequest(id=container.teams().add(a_full_team()).id)


class TestBudgets(BudgetsContract):
    container, budgets = Container, budgets
