"""Every id that an event may have can be remembered."""

import pytest

from domain.kernel.errors import NotFound
from domain.kernel.events import Event
from domain.kernel.unit_of_work import UnitOfWork
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import events
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateCreated
from usecases.kernel.consumers import Consumer


class CountForTheLongestTime(Consumer):
    """Counts events in the version of an entity."""

    name = "count-for-the-longest-time"
    handles = (CrateCreated,)

    def apply(self, event: Event, work: UnitOfWork) -> None:
        try:
            work.of(Crate).save(work.of(Crate).get("tally"))
        except NotFound:
            work.of(Crate).add(Crate(id="tally", name="Tally"))


@pytest.mark.parametrize("length", [26, 37, 38, 64])
def test_events_with_ids_of_any_length_are_handled_once_each(container, length):
    consumer = CountForTheLongestTime(container.unit_of_work, container.now)
    about = events(CrateCreated, a_crate(), name="Northern Rail").model_dump()

    for end in ("a", "b", "a", "b"):
        consumer.execute(CrateCreated.model_validate({**about, "event_id": end.rjust(length, "0")}))

    assert container.crates().get("tally", consistent=True).version == 2
