"""What some use cases of specimens may cost."""

from infrastructure.kernel.costs.budgets import Budgets
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.usecases import ListSpecimensOfCrate
from tests.kernel.service.usecases import ListSpecimensOfCrateRequest

budgets = Budgets()


@budgets.of(ListSpecimensOfCrate, read_units=1)
def listing(container):
    container.specimens().add(a_specimen(crate_id="c1"))
    return ListSpecimensOfCrateRequest(id="c1")
