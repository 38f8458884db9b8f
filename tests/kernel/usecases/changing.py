"""Use cases on every base, which others can interfere with."""

from domain.kernel.errors import InvalidArgument
from domain.kernel.text import Id
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.value import Value
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateRemoved
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.service.domain import Specimen
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.changes import ChangeTogether
from usecases.kernel.changes import Removed
from usecases.kernel.changes import RemoveOne
from usecases.kernel.changes import RemoveTogether
from usecases.kernel.changes import Transaction
from usecases.kernel.requests import ChangeRequest


class Meanwhile:
    """What others do between the read of a use case and its write, a step per attempt."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.attempts = 0

    def pass_by(self):
        self.attempts += 1
        if self.steps:
            self.steps.pop(0)()


class Rename(ChangeOne[Crate, ChangeRequest]):
    def __init__(self, container, meanwhile):
        super().__init__(container.crates(), container.events())
        self._meanwhile = meanwhile

    def change(self, crate: Crate, request: ChangeRequest) -> Changed[Crate]:
        self._meanwhile.pass_by()
        renamed = crate.rename(f"{crate.name}!")
        return Changed(renamed, self._events(CrateRenamed, renamed, name=renamed.name))


class Discard(RemoveOne[Crate, ChangeRequest]):
    def __init__(self, container, meanwhile):
        super().__init__(container.crates(), container.events())
        self._meanwhile = meanwhile

    def remove(self, crate: Crate, request: ChangeRequest) -> Removed:
        self._meanwhile.pass_by()
        if crate.name == "kept":
            raise InvalidArgument("crate", "must stay")
        return Removed(self._events(CrateRemoved, crate))


class WeighRequest(ChangeRequest):
    specimen_id: Id


def heavier(work, id):
    """Adds one to the amount of a specimen that may have no more than 2."""
    specimen = work.of(Specimen).get(id)
    if specimen.amount >= 2:
        raise InvalidArgument("amount", "must be at most 2")
    work.of(Specimen).save(specimen.evolve(amount=specimen.amount + 1))


class RenameTogether(ChangeTogether[Crate, WeighRequest]):
    def __init__(self, container, meanwhile):
        super().__init__(container.unit_of_work, container.events())
        self._meanwhile = meanwhile

    def change(self, crate: Crate, request: WeighRequest, work: UnitOfWork) -> Changed[Crate]:
        heavier(work, request.specimen_id)
        self._meanwhile.pass_by()
        return Changed(crate.rename(f"{crate.name}!"), self._events(CrateRenamed, crate, name=f"{crate.name}!"))


class DiscardTogether(RemoveTogether[Crate, WeighRequest]):
    def __init__(self, container, meanwhile):
        super().__init__(container.unit_of_work, container.events())
        self._meanwhile = meanwhile

    def remove(self, crate: Crate, request: WeighRequest, work: UnitOfWork) -> Removed:
        heavier(work, request.specimen_id)
        self._meanwhile.pass_by()
        return Removed(self._events(CrateRemoved, crate))


class SwapRequest(Value):
    crate_ids: tuple[Id, Id]


class Swap(Transaction[SwapRequest, tuple[Crate, Crate]]):
    """Gives each of two crates the name of the other, unless the names are equal."""

    def change(self, request: SwapRequest, work: UnitOfWork) -> tuple[Crate, Crate]:
        crates = work.of(Crate)
        one, other = (crates.get(id) for id in request.crate_ids)
        if one.name == other.name:
            raise InvalidArgument("crates", "must have two names")
        return crates.save(one.rename(other.name)), crates.save(other.rename(one.name))


ALONE, TOGETHER = (Rename, Discard), (RenameTogether, DiscardTogether)
