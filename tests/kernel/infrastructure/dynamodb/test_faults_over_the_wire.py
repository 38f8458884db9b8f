"""Connections that break, on a real network: what the client makes of it, and what is stored in the end."""

import threading

import pytest

from domain.kernel.errors import Unavailable
from domain.kernel.repository import Everything
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.proxy import close_after_forwarding
from tests.kernel.infrastructure.dynamodb.proxy import close_before_forwarding
from tests.kernel.infrastructure.dynamodb.proxy import close_within_the_answer
from tests.kernel.infrastructure.dynamodb.proxy import never_answer
from tests.kernel.infrastructure.dynamodb.proxy import reset_within_the_head
from tests.kernel.infrastructure.dynamodb.proxy import running
from tests.kernel.infrastructure.dynamodb.test_unavailable import EVERY_CALL
from tests.kernel.infrastructure.dynamodb.test_unavailable import failure
from tests.kernel.service.domain import Crate

FAULTS = (
    close_before_forwarding,
    close_after_forwarding,
    close_within_the_answer,
    reset_within_the_head,
    never_answer,
)
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
ATTEMPTS = 3
IMPATIENT = {"dynamodb_read_seconds": 0.3, "dynamodb_connect_seconds": 1, "dynamodb_attempts": 6}
"""For a fault that nobody would see the end of. On a slow machine answers may take as long, too: they are asked for again."""


def attempts(fault):
    """How often a request is sent that always meets the fault."""
    return IMPATIENT["dynamodb_attempts"] if fault is never_answer else ATTEMPTS


@pytest.fixture
def proxy(container):
    with running(container.settings().dynamodb_endpoint) as proxy:
        yield proxy


@pytest.fixture
def distant(proxy, connect, waits, request):
    """The adapter, on the other side of the proxy; it waits no longer than it has to."""
    patience = {"dynamodb_read_seconds": 30, "dynamodb_attempts": ATTEMPTS}
    is_endless = request.node.callspec.params.get("fault") is never_answer
    return connect(dynamodb_endpoint=proxy.address, **(IMPATIENT if is_endless else patience))


@pytest.fixture
def stored(crates):
    return crates.add(a_crate())


@pytest.mark.parametrize("call", EVERY_CALL.values(), ids=EVERY_CALL)
def test_a_server_receives_a_request_as_often_as_it_is_set(distant, proxy, call):
    proxy.faults = [close_before_forwarding] * ATTEMPTS * ATTEMPTS

    failure(call, distant)

    assert len(proxy.faults) == ATTEMPTS * ATTEMPTS - ATTEMPTS


@every_fault
def test_an_addition_is_made_once(distant, proxy, crates, published, fault):
    new = a_crate()
    created = an_event(new)
    proxy.faults = [fault]

    added = distant.crates.add(new, created)

    assert added == crates.get(new.id, consistent=True) == new.at_version(1)
    assert published() == [created]


@every_fault
def test_a_save_is_made_once(distant, proxy, crates, stored, published, fault):
    changed = an_event(stored)
    proxy.faults = [fault, fault]

    saved = distant.crates.save(renamed(stored), changed)

    assert saved == crates.get(stored.id, consistent=True) == renamed(stored).at_version(2)
    assert published() == [changed]


@every_fault
@pytest.mark.parametrize("events", [0, 1], ids=["plain", "with-an-event"])
def test_a_removal_is_made_once(distant, proxy, crates, stored, published, fault, events):
    removed = [an_event(stored)] * events
    proxy.faults = [fault]

    distant.crates.remove(stored, *removed)

    assert crates.get_many([stored.id]) == []
    assert published() == removed


@every_fault
def test_an_addition_that_was_removed_since_is_not_made_again(distant, proxy, crates, published, fault):
    new = a_crate()
    created = an_event(new)

    def meet_the_fault_after_a_removal(handler, forward):
        answer = forward()
        crates.remove(crates.get(new.id, consistent=True))
        fault(handler, lambda: answer)

    proxy.faults = [meet_the_fault_after_a_removal]

    distant.crates.add(new, created)

    assert crates.get_many([new.id]) == []
    assert published() == [created]


def test_an_addition_that_arrives_late_as_well_is_made_once(proxy, connect, waits, crates, published):
    distant = connect(dynamodb_endpoint=proxy.address, **IMPATIENT)
    new, is_due, has_arrived = a_crate(), threading.Event(), threading.Event()
    created = an_event(new)

    def forward_late(handler, forward):
        is_due.wait()
        forward()
        has_arrived.set()

    proxy.faults = [forward_late]

    crates.remove(distant.crates.add(new, created))
    crates.remove(crates.add(new))
    is_due.set()
    assert has_arrived.wait(60)

    assert crates.get_many([new.id]) == []
    assert published() == [created]


@every_fault
def test_a_unit_of_work_is_committed_once(distant, proxy, crates, stored, published, fault):
    changed, new = an_event(stored), a_crate("New")
    proxy.faults = [fault]

    with distant.unit_of_work() as work:
        work.of(Crate).save(renamed(stored), changed)
        work.of(Crate).add(new)
        work.commit()

    assert crates.get_many([stored.id, new.id]) == [renamed(stored).at_version(2), new.at_version(1)]
    assert published() == [changed]


@every_fault
def test_a_commit_that_got_no_answer_at_all_is_finished_by_another(distant, proxy, crates, stored, published, fault):
    changed = an_event(stored)
    work = distant.unit_of_work()
    work.of(Crate).save(renamed(stored), changed)
    proxy.faults = [fault] * attempts(fault)
    with pytest.raises(Unavailable) as unknown:
        work.commit()

    work.commit()

    assert unknown.value.maybe_applied
    assert crates.get(stored.id, consistent=True) == renamed(stored).at_version(2)
    assert published() == [changed]


@every_fault
def test_bulk_writes_and_reads_are_complete(distant, proxy, crates, fault):
    many = [a_crate(f"Number {number:03d}") for number in range(130)]
    proxy.faults = [fault]
    distant.crates.put_many(many)
    proxy.faults = [fault]

    found = distant.crates.get_many(crate.id for crate in many)

    assert found == [crate.at_version(1) for crate in many]
    proxy.faults = [fault]
    assert list(distant.crates.page(Everything(), limit=130).items) == found


@every_fault
def test_a_call_without_any_answer_is_unavailable(distant, proxy, stored, fault):
    proxy.faults = [fault] * attempts(fault)
    with pytest.raises(Unavailable) as unread:
        distant.crates.get(stored.id)
    proxy.faults = [fault] * attempts(fault)
    with pytest.raises(Unavailable) as unwritten:
        distant.crates.save(stored)

    assert not unread.value.maybe_applied
    assert unwritten.value.maybe_applied


@every_fault
def test_a_connection_that_broke_does_not_harm_the_next_call(distant, proxy, stored, fault):
    proxy.faults = [fault]

    assert [distant.crates.get(stored.id) for _ in range(3)] == [stored] * 3

    assert proxy.forwarded[-3:] == ["GetItem"] * 3
