"""DynamoDB gives no usable answer at all, and whether the change may have been made nevertheless."""

import pytest

from domain.kernel.errors import Unavailable
from domain.kernel.repository import Everything
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_end
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import refuse_the_connection
from tests.kernel.infrastructure.dynamodb.network import throttled
from tests.kernel.ministack import NOBODY
from tests.kernel.service.domain import Crate

STORED = a_crate("Stored").at_version(1)
ATTEMPTS = 4


def commit(persistence):
    with persistence.unit_of_work() as work:
        work.of(Crate).add(a_crate())
        work.of(Crate).save(STORED)
        work.commit()


def read_in_a_unit_of_work(persistence):
    with persistence.unit_of_work() as work:
        work.of(Crate).get(STORED.id)


WRITES = {
    "add": lambda it: it.crates.add(a_crate()),
    "save": lambda it: it.crates.save(STORED),
    "remove": lambda it: it.crates.remove(STORED),
    "remove with an event": lambda it: it.crates.remove(STORED, an_event(STORED)),
    "commit": commit,
    "put many": lambda it: it.crates.put_many([a_crate()]),
    "remove many": lambda it: it.crates.remove_many([STORED.id]),
}
READS = {
    "get": lambda it: it.crates.get(STORED.id),
    "get many": lambda it: it.crates.get_many([STORED.id]),
    "page": lambda it: it.crates.page(Everything(), limit=10),
    "unit of work": read_in_a_unit_of_work,
}
EVERY_CALL = {**WRITES, **READS}


def failure(call, persistence):
    with pytest.raises(Unavailable) as failed:
        call(persistence)
    assert failed.value.__cause__ is not None
    return failed.value


@pytest.mark.parametrize("fault", [lose_the_request, failed, lose_the_end], ids=["no-answer", "failed", "end-lost"])
def test_a_write_that_no_attempt_got_an_answer_for_may_have_been_made(remote, network, fault):
    network.always(fault)

    failures = {name: failure(call, remote) for name, call in WRITES.items()}

    assert {name for name, error in failures.items() if not error.maybe_applied} == set()
    assert not any(error.retryable for error in failures.values())


def test_of_several_batches_one_that_may_have_been_made_makes_all_the_difference(connect, raw, waits):
    remote = connect(dynamodb_attempts=1, dynamodb_batch_threads=1)
    Network(remote.table).will(throttled, lose_the_answer)

    error = failure(lambda it: it.crates.put_many(a_crate() for _ in range(26)), remote)

    assert error.maybe_applied


def test_one_lost_answer_makes_all_the_difference(remote, network, crates):
    new = a_crate()
    network.will(lose_the_answer, *[throttled] * ATTEMPTS)

    error = failure(lambda it: it.crates.add(new), remote)

    assert error.maybe_applied
    assert crates.get(new.id, consistent=True) == new.at_version(1)


@pytest.mark.parametrize(
    "code", ["ExpiredTokenException", "ResourceNotFoundException", "ValidationException", "Surprise"]
)
def test_a_lost_answer_makes_all_the_difference_whatever_the_next_one_says(remote, network, code):
    for name, call in WRITES.items():
        network.will(lose_the_answer, *[answering(400, code)] * ATTEMPTS)

        assert failure(call, remote).maybe_applied, name


@pytest.mark.parametrize(
    "fault",
    [lose_the_request, failed, throttled, lose_the_end],
    ids=["no-answer", "failed", "throttled", "end-lost"],
)
def test_a_read_that_is_not_answered_changes_nothing(remote, network, fault):
    network.always(fault)

    failures = {name: failure(call, remote) for name, call in READS.items()}

    assert {name for name, error in failures.items() if error.maybe_applied} == set()
    assert all(error.retryable for error in failures.values())


@pytest.mark.parametrize(
    "fault",
    [
        throttled,
        refuse_the_connection,
        *(answering(400, code) for code in ("ThrottlingException", "RequestLimitExceeded")),
    ],
    ids=["throughput", "refused", "throttling", "request-limit"],
)
def test_a_write_that_was_turned_away_was_not_made(remote, network, fault):
    network.always(fault)

    failures = {name: failure(call, remote) for name, call in WRITES.items()}

    assert {name for name, error in failures.items() if error.maybe_applied} == set()


def test_a_call_is_tried_as_often_as_it_is_set_and_waits_between(connect, raw, waits):
    remote = connect(dynamodb_attempts=3)
    network = Network(remote.table)
    network.always(throttled)

    failure(WRITES["save"], remote)

    assert network.operations() == ["UpdateItem"] * 3
    assert len(waits) == 2


def test_what_succeeds_in_the_end_is_a_success(remote, network, crates):
    new = a_crate()
    network.will(failed, throttled, refuse_the_connection)

    remote.crates.add(new)

    assert network.operations() == ["PutItem"] * ATTEMPTS
    assert crates.get(new.id, consistent=True) == new.at_version(1)


def test_nobody_listening_is_unavailable_and_changes_nothing(connect, waits):
    nowhere = connect(dynamodb_endpoint=NOBODY)

    failures = {name: failure(call, nowhere) for name, call in EVERY_CALL.items()}

    assert {name for name, error in failures.items() if error.maybe_applied} == set()


def test_a_server_that_does_not_answer_is_not_ready(connect, waits):
    nowhere = connect(dynamodb_endpoint=NOBODY)

    with pytest.raises(Unavailable):
        nowhere.check()
