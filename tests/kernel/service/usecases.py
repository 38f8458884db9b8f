"""What can be done with crates and specimens."""

from collections.abc import Callable

from domain.kernel.events import EventFactory
from domain.kernel.repository import Page
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.kernel.unit_of_work import UnitOfWork
from domain.kernel.value import Value
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.domain import CrateRemoved
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.service.domain import CrateRepository
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import SpecimenRepository
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.changes import ChangeTogether
from usecases.kernel.changes import Removed
from usecases.kernel.changes import RemoveOne
from usecases.kernel.imports import Import
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest
from usecases.kernel.requests import LookUpRequest
from usecases.kernel.requests import PageRequest


class CreateCrateRequest(Value):
    """What a new crate is called."""

    name: Name


class CreateCrate:
    """Creates a crate."""

    def __init__(self, crates: CrateRepository, events: EventFactory, new_id: Callable[[], str]) -> None:
        self._crates = crates
        self._events = events
        self._new_id = new_id

    def execute(self, request: CreateCrateRequest) -> Crate:
        crate = Crate(id=self._new_id(), name=request.name)
        created = self._events(CrateCreated, crate, name=crate.name)
        return self._crates.add(crate, created)


class ImportCrate(Import[Crate]):
    """Adds a crate that was made elsewhere."""

    kind = Crate

    def __init__(self, crates: CrateRepository, events: EventFactory) -> None:
        self._crates = crates
        self._events = events

    def execute(self, request: Crate) -> Crate:
        return self._crates.add(request, self._events(CrateCreated, request, name=request.name))


class GetCrate:
    """The crate of that id."""

    def __init__(self, crates: CrateRepository) -> None:
        self._crates = crates

    def execute(self, request: GetRequest) -> Crate:
        return self._crates.get(request.id)


class LookUpCrates:
    """The crates of many ids, in the order asked, without those that do not exist."""

    def __init__(self, crates: CrateRepository) -> None:
        self._crates = crates

    def execute(self, request: LookUpRequest) -> list[Crate]:
        return self._crates.get_many(request.ids)


class ListCrates:
    """The crates by name, a page at a time."""

    def __init__(self, crates: CrateRepository) -> None:
        self._crates = crates

    def execute(self, request: ListRequest) -> Page[Crate]:
        return self._crates.page(request.query, limit=request.limit, cursor=request.cursor)


class RenameCrateRequest(ChangeRequest):
    """Which crate to rename, and to what."""

    name: Name


class RenameCrate(ChangeOne[Crate, RenameCrateRequest]):
    """Gives a crate another name."""

    def change(self, crate: Crate, request: RenameCrateRequest) -> Changed[Crate]:
        renamed = crate.rename(request.name)
        return Changed(renamed, self._events(CrateRenamed, renamed, name=renamed.name))


class RemoveCrate(RemoveOne[Crate, ChangeRequest]):
    """Removes a crate."""

    def remove(self, crate: Crate, request: ChangeRequest) -> Removed:
        return Removed(self._events(CrateRemoved, crate))


class PackSpecimenRequest(ChangeRequest):
    """Which crate gets a specimen, and what that is called."""

    name: Name


class PackSpecimen(ChangeTogether[Crate, PackSpecimenRequest]):
    """Creates a specimen and renames the crate after it. Both are written, or neither is."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], events: EventFactory, new_id: Callable[[], str]) -> None:
        super().__init__(unit_of_work, events)
        self._new_id = new_id

    def change(self, crate: Crate, request: PackSpecimenRequest, work: UnitOfWork) -> Changed[Crate]:
        work.of(Specimen).add(Specimen(id=self._new_id(), name=request.name, crate_id=crate.id))
        return Changed(crate.rename(request.name), self._events(CrateRenamed, crate, name=request.name))


class ListSpecimensOfCrateRequest(PageRequest):
    """Of which crate to list the specimens, and how many at a time."""

    id: Id


class ListSpecimensOfCrate:
    """The specimens of a crate, a page at a time."""

    def __init__(self, specimens: SpecimenRepository) -> None:
        self._specimens = specimens

    def execute(self, request: ListSpecimensOfCrateRequest) -> Page[Specimen]:
        return self._specimens.page(Specimen.of_crate(request.id), limit=request.limit, cursor=request.cursor)


class StampCrate(ChangeOne[Crate, ChangeRequest]):
    """Marks a crate as seen, in its name."""

    def change(self, crate: Crate, request: ChangeRequest) -> Changed[Crate]:
        stamped = crate.rename(f"{crate.name} (seen)")
        return Changed(stamped, self._events(CrateRenamed, stamped, name=stamped.name))


class LabelCrateRequest(ChangeRequest):
    """Which crate to label, and with what."""

    label: Name = "fragile"


class LabelCrate(ChangeOne[Crate, LabelCrateRequest]):
    """Adds a label to the name of a crate."""

    def change(self, crate: Crate, request: LabelCrateRequest) -> Changed[Crate]:
        labelled = crate.rename(f"{crate.name}, {request.label}")
        return Changed(labelled, self._events(CrateRenamed, labelled, name=labelled.name))
