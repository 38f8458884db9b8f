"""What the use cases of sponsors may cost, in read and write units of DynamoDB."""

from infrastructure.container import Container
from infrastructure.kernel.costs.budgets import Budgets
from tests.builders.sponsors import CREATION
from tests.builders.sponsors import a_sponsor
from tests.kernel.contracts.budgets import BudgetsContract
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.sponsors import CreateSponsor
from usecases.sponsors import CreateSponsorRequest
from usecases.sponsors import GetSponsor
from usecases.sponsors import ImportSponsor
from usecases.sponsors import ListSponsors
from usecases.sponsors import RemoveSponsor
from usecases.sponsors import RenameSponsor
from usecases.sponsors import RenameSponsorRequest

budgets = Budgets()


@budgets.of(CreateSponsor, write_units=2)
def creating(container):
    return CreateSponsorRequest.model_validate(CREATION)


@budgets.of(ImportSponsor, write_units=2)
def importing(container):
    return a_sponsor()


@budgets.of(GetSponsor, read_units=0.5)
def getting(container):
    return GetRequest(id=container.sponsors().add(a_sponsor()).id)


@budgets.of(ListSponsors, "a page of 10", read_units=5.5)
def listing(container):
    container.sponsors().put_many(a_sponsor() for _ in range(20))
    return ListRequest(limit=10)


@budgets.of(RenameSponsor, read_units=1, write_units=3)
def renaming(container):
    stored = container.sponsors().add(a_sponsor())
    return RenameSponsorRequest(id=stored.id, name="Southern Rail")


@budgets.of(RemoveSponsor, read_units=1, write_units=2)
def removing(container):
    return ChangeRequest(id=container.sponsors().add(a_sponsor()).id)


class TestBudgets(BudgetsContract):
    container, budgets = Container, budgets
