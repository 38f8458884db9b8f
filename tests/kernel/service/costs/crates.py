"""What some use cases of crates may cost."""

from infrastructure.kernel.costs.budgets import Budgets
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.usecases import CreateCrate
from tests.kernel.service.usecases import CreateCrateRequest
from tests.kernel.service.usecases import ListCrates
from tests.kernel.service.usecases import RenameCrate
from tests.kernel.service.usecases import RenameCrateRequest
from usecases.kernel.requests import ListRequest

budgets = Budgets()


@budgets.of(RenameCrate, read_units=1, write_units=3)
def renaming(container):
    crate = container.crates().add(a_crate())
    return RenameCrateRequest(id=crate.id, name="Tea")


@budgets.of(CreateCrate, write_units=2)
def creating(container):
    return CreateCrateRequest(name="Tea")


@budgets.of(ListCrates, "a page of 10", read_units=5.5)
def listing(container):
    container.crates().put_many(a_crate() for _ in range(20))
    return ListRequest(limit=10)
