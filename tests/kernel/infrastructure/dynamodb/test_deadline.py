"""Calls to DynamoDB end by the deadline, and what is then said of a write is true."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.transport import Answer
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.network import Delivery
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import after
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import throttled
from tests.kernel.infrastructure.dynamodb.test_batches import serve
from tests.kernel.infrastructure.dynamodb.test_unavailable import EVERY_CALL
from tests.kernel.infrastructure.dynamodb.test_unavailable import READS
from tests.kernel.infrastructure.dynamodb.test_unavailable import WRITES
from tests.kernel.infrastructure.dynamodb.test_unavailable import failure
from tests.kernel.service.domain import Crate
from usecases.kernel.deadline import within

LONG = 1000
"""Seconds that no test takes."""
PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""

every_call = pytest.mark.parametrize("call", EVERY_CALL.values(), ids=EVERY_CALL)
every_write = pytest.mark.parametrize("call", WRITES.values(), ids=WRITES)
every_read = pytest.mark.parametrize("call", READS.values(), ids=READS)

busy = answering(400, "TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}])


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def run_out(self) -> None:
        """It is too late for any deadline of these tests."""
        self.seconds = LONG


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", clock)
    return clock


class Held:
    """A request that is held back until its caller has given up, before it arrives or when it has."""

    def __init__(self, *, arrives_first: bool) -> None:
        self._arrives_first = arrives_first
        self._is_held = threading.Event()
        self._is_given_up = threading.Event()
        self._is_over = threading.Event()

    def __call__(self, delivery: Delivery):
        answer = delivery() if self._arrives_first else None
        self._is_held.set()
        self._is_given_up.wait(PATIENCE)
        try:
            return answer or delivery()
        finally:
            self._is_over.set()

    def wait(self, *_: object) -> None:
        """In place of waiting for the answer: lasts until the request is held, when it is said to be time."""
        assert self._is_held.wait(PATIENCE)

    def let_go(self) -> None:
        self._is_given_up.set()
        assert self._is_over.wait(PATIENCE)


@pytest.fixture(params=[True, False], ids=["arrived-first", "arrives-later"])
def held(request, network, monkeypatch):
    """The next request is not answered in time."""
    held = Held(arrives_first=request.param)
    network.will(held)
    monkeypatch.setattr("usecases.kernel.deadline.wait", held.wait)
    yield held
    held.let_go()


@contextmanager
def time_enough() -> Iterator[None]:
    with within(LONG, buffer=1):
        yield


@pytest.fixture
def stored(crates):
    return crates.add(a_crate())


def test_a_call_in_time_is_as_without_a_deadline(remote, crates, published):
    new = a_crate()
    created = an_event(new)

    with time_enough():
        added = remote.crates.add(new, created)
        with pytest.raises(Conflict):
            remote.crates.save(added.at_version(7))

    assert crates.get(new.id, consistent=True) == added
    assert published() == [created]


@every_call
def test_nothing_is_sent_within_the_buffer(remote, network, call):
    with within(LONG, buffer=LONG + 1):
        error = failure(call, remote)

    assert str(error) == "DynamoDB could not be called with less than 1001 s left"
    assert error.retryable
    assert network.operations() == []


@every_write
def test_a_write_that_is_not_answered_in_time_may_have_been_made(remote, held, call):
    with time_enough():
        error = failure(call, remote)

    assert str(error) == "DynamoDB did not answer in time; the change may have been applied"
    assert not error.retryable


@pytest.mark.parametrize("name", ["add", "put many", "remove many"])
def test_a_write_that_is_given_up_just_as_its_answer_arrives_may_have_been_made(remote, network, monkeypatch, name):
    arrived, given_up = threading.Event(), threading.Event()

    def hold(delivery: Delivery) -> Answer:
        answer = delivery()
        arrived.set()
        given_up.wait(PATIENCE)
        return answer

    network.will(hold)
    monkeypatch.setattr("usecases.kernel.deadline.wait", lambda *_: arrived.wait(PATIENCE))

    with time_enough():
        error = failure(WRITES[name], remote)
    given_up.set()

    assert error.maybe_applied


@every_write
def test_a_write_that_is_given_up_between_two_attempts_was_not_made(remote, network, monkeypatch, call):
    sleeping, given_up = threading.Event(), threading.Event()

    def sleep(_: float) -> None:
        sleeping.set()
        given_up.wait(PATIENCE)

    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr("usecases.kernel.deadline.wait", lambda *_: sleeping.wait(PATIENCE))
    network.always(throttled)

    with time_enough():
        error = failure(call, remote)
    given_up.set()

    assert not error.maybe_applied


@every_read
def test_a_read_that_is_not_answered_in_time_changes_nothing(remote, held, call):
    with time_enough():
        error = failure(call, remote)

    assert str(error) == "DynamoDB did not answer in time"
    assert error.retryable


def test_a_write_that_was_given_up_is_made_once(remote, held, crates, stored):
    with time_enough(), pytest.raises(Unavailable):
        remote.crates.save(renamed(stored))
    held.let_go()

    assert crates.get(stored.id, consistent=True) == renamed(stored).at_version(2)


def test_a_commit_that_was_given_up_is_finished_by_another(remote, held, crates, stored, published, monkeypatch):
    changed = an_event(stored)
    work = remote.unit_of_work()
    work.of(Crate).save(renamed(stored), changed)
    with time_enough(), pytest.raises(Unavailable):
        work.commit()
    monkeypatch.undo()
    held.let_go()

    with time_enough():
        work.commit()

    assert crates.get(stored.id, consistent=True) == renamed(stored).at_version(2)
    assert published() == [changed]


@pytest.mark.parametrize("fault", [lose_the_answer, lose_the_request], ids=["answer-lost", "request-lost"])
@every_write
def test_a_write_without_an_answer_is_not_repeated_too_late_and_may_have_been_made(remote, network, clock, call, fault):
    network.will(after(fault, clock.run_out))

    with within(LONG / 2, buffer=1):
        error = failure(call, remote)

    assert error.maybe_applied
    assert len(network.sent) == 1


@every_write
def test_a_write_that_was_turned_away_is_not_repeated_too_late_and_was_not_made(remote, network, clock, call):
    network.will(after(throttled, clock.run_out))

    with within(LONG / 2, buffer=1):
        error = failure(call, remote)

    assert not error.maybe_applied
    assert len(network.sent) == 1


def test_a_transaction_that_others_are_in_the_way_of_is_not_waited_for_too_late(remote, network, clock, waits, stored):
    network.will(after(busy, clock.run_out))
    work = remote.unit_of_work()
    work.of(Crate).save(stored)

    with within(LONG / 2, buffer=1), pytest.raises(Unavailable, match="other transactions keep the item busy"):
        work.commit()

    assert network.operations() == ["TransactWriteItems"]
    assert waits == []


def test_of_many_writes_those_that_it_was_too_late_for_are_named(connect, raw, waits, clock, crates):
    many = [a_crate(f"Number {number:03d}") for number in range(60)]
    remote = connect(dynamodb_batch_threads=1)
    network = Network(remote.table)
    network.will(after(deliver, clock.run_out))

    with within(LONG / 2, buffer=1), pytest.raises(PartialFailure) as partial:
        remote.crates.put_many(many)

    stored = [crate.id for crate in crates.get_many(crate.id for crate in many)]
    assert network.operations() == ["BatchWriteItem"]
    assert sorted([*stored, *partial.value.ids]) == sorted(crate.id for crate in many)
    assert len(stored) == 25


@pytest.mark.parametrize("call", ["get_many", "put_many", "remove_many"])
def test_of_a_batch_what_it_is_too_late_to_ask_for_again_is_named(remote, network, waits, clock, call):
    many = [a_crate() for _ in range(10)]
    ids = [crate.id for crate in many]
    network.will(after(serve(2), clock.run_out))

    with within(LONG / 2, buffer=1), pytest.raises(PartialFailure) as partial:
        getattr(remote.crates, call)(many if call == "put_many" else ids)

    assert list(partial.value.ids) == ids[2:]
    assert len(network.sent) == 1
    assert waits == []
