"""What the use cases on the bases work on."""

from decimal import Decimal
from typing import Any

import pytest

from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen
from tests.kernel.usecases.changing import TOGETHER
from tests.kernel.usecases.changing import Meanwhile
from tests.kernel.usecases.changing import WeighRequest
from usecases.kernel.requests import ChangeRequest


@pytest.fixture
def crate(container) -> Crate:
    return container.crates().add(a_crate("Rail"))


@pytest.fixture
def specimen(container) -> Specimen:
    return container.specimens().add(a_specimen("Amber").evolve(amount=Decimal(0)))


@pytest.fixture
def run(container, crate, specimen):
    """Runs a use case on the crate, and on the specimen if it takes one."""

    def run(case: type[Any], meanwhile: Meanwhile, **expected: int) -> Any:
        request = WeighRequest if case in TOGETHER else ChangeRequest
        ids = {"specimen_id": specimen.id} if case in TOGETHER else {}
        return case(container, meanwhile).execute(request(id=crate.id, **ids, **expected))

    return run


@pytest.fixture
def others(container, crate, specimen):
    """What others can do."""

    class Others:
        def change_the_crate(self):
            container.crates().save(container.crates().get(crate.id, consistent=True))

        def remove_the_crate(self):
            container.crates().remove(container.crates().get(crate.id, consistent=True))

        def change_the_specimen(self):
            container.specimens().save(container.specimens().get(specimen.id, consistent=True))

        def change_both(self):
            self.change_the_crate()
            self.change_the_specimen()

    return Others()
