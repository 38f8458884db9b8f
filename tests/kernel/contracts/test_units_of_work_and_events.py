"""Units of work and events keep their contracts."""

from tests.kernel.contracts.events import EventsContract
from tests.kernel.contracts.unit_of_work import UnitOfWorkContract


class TestUnitOfWork(UnitOfWorkContract):
    pass


class TestEvents(EventsContract):
    pass
