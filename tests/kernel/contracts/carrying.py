"""What is promised of writes and their events while the bus fails."""

from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.failure_base import ProcessContract
from tests.kernel.contracts.failure_base import refusing
from tests.kernel.contracts.failure_base import told
from tests.kernel.service.domain import Crate


class CarryingContract(ProcessContract):
    """What is promised of writes and their events while the bus fails."""

    def test_a_bus_that_fails_fails_no_write(self, process, carry):
        crate, other = a_crate(), a_crate()

        with refusing(process):
            saved = process.crates().save(renamed(process.crates().add(crate, an_event(crate))))
            with process.unit_of_work() as work:
                work.of(Crate).add(other, an_event(other))
                work.commit()
            process.crates().remove(saved, an_event(saved))
            carry(process)

        assert process.crates().get_many([crate.id, other.id]) == [other.at_version(1)]

    def test_events_that_the_bus_refused_arrive_when_it_takes_them(self, process, carry):
        crate, other = a_crate(), a_crate()
        created, named, added = an_event(crate), an_event(crate), an_event(other)

        with refusing(process):
            process.crates().add(crate, created, named)
            with process.unit_of_work() as work:
                work.of(Crate).add(other, added)
                work.commit()
            carry(process)
            meanwhile = told(process, crate)
        carry(process)

        assert meanwhile == []
        assert told(process, crate) == [created, named]
        assert told(process, other) == [added]

    def test_events_wait_behind_one_that_the_bus_refused(self, process, carry):
        crate = a_crate()
        created, changed, removed = (an_event(crate.at_version(version)) for version in range(3))

        with refusing(process, created):
            saved = process.crates().save(renamed(process.crates().add(crate, created)), changed)
            process.crates().remove(saved, removed)
            carry(process)
        carry(process)

        assert told(process, crate) == [created, changed, removed]
