"""Many at once: chunks, several requests under way, and what DynamoDB did not get to."""

import threading
from concurrent.futures import wait
from datetime import datetime
from threading import Barrier

import pytest
from ulid import ULID

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.dynamodb.network import Delivery
from tests.kernel.infrastructure.dynamodb.network import Fault
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import throttled
from tests.kernel.service.repositories import DynamoDBCrateRepository
from tests.kernel.service.repositories import DynamoDBSpecimenRepository
from usecases.kernel.deadline import within

ATTEMPTS, THREADS = 4, 4
PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""


@pytest.fixture
def repository(lonely_table):
    return DynamoDBCrateRepository(DynamoDBStore(lonely_table, now=datetime.now))


def serve(at_most: int) -> Fault:
    """A server that has every crate and takes any, but gets to only so many in one request."""

    def meet(delivery: Delivery):
        [(table, asked)] = delivery.sent.parameters["RequestItems"].items()
        if delivery.sent.operation == "BatchWriteItem":
            left = {table: asked[at_most:]} if asked[at_most:] else {}
            return answering(200, UnprocessedItems=left)(delivery)
        items = [{**key, "name": {"S": "Somebody"}, "version": {"N": "1"}} for key in asked["Keys"][:at_most]]
        left = {table: {"Keys": asked["Keys"][at_most:]}} if asked["Keys"][at_most:] else {}
        return answering(200, Responses={table: items}, UnprocessedKeys=left)(delivery)

    return meet


def on(id: str, fault: Fault) -> Fault:
    """`fault` for the request that is about `id`; any other is served."""
    return lambda delivery: fault(delivery) if id.encode() in delivery.sent.body else serve(100)(delivery)


def sizes(network):
    """How many each request asked for, in order."""
    requests = (next(iter(sent.parameters["RequestItems"].values())) for sent in network.sent)
    return [len(asked["Keys"] if isinstance(asked, dict) else asked) for asked in requests]


def some_ids(count):
    return [str(ULID()) for _ in range(count)]


def test_keys_that_were_not_processed_are_asked_for_again(repository, network_of_nobody, waits):
    ids = some_ids(10)
    network_of_nobody.always(serve(4))

    found = repository.get_many(ids)

    assert [crate.id for crate in found] == ids
    assert sizes(network_of_nobody) == [10, 6, 2]
    assert len(waits) == 2
    assert max(waits) <= 1


@pytest.mark.parametrize("write", ["put_many", "remove_many"])
def test_items_that_were_not_processed_are_sent_again(repository, network_of_nobody, waits, write):
    crates = [a_crate() for _ in range(10)]
    network_of_nobody.always(serve(4))

    getattr(repository, write)(crates if write == "put_many" else [crate.id for crate in crates])

    assert sizes(network_of_nobody) == [10, 6, 2]
    assert len(waits) == 2


@pytest.mark.parametrize("call", ["get_many", "put_many", "remove_many"])
@pytest.mark.parametrize("served", [0, 1, 3])
def test_what_is_left_in_the_end_is_named_and_never_taken_for_missing(repository, network_of_nobody, call, served):
    crates = [a_crate() for _ in range(10)]
    ids = [crate.id for crate in crates]
    network_of_nobody.will(*[serve(2)] * served, *[serve(0)] * ATTEMPTS)

    with pytest.raises(PartialFailure) as partial:
        getattr(repository, call)(crates if call == "put_many" else ids)

    assert list(partial.value.ids) == ids[2 * served :]
    assert len(network_of_nobody.sent) == served + ATTEMPTS


def test_what_dynamodb_serves_little_by_little_is_served_to_its_end_and_costs_no_retries(repository, network_of_nobody):
    network_of_nobody.always(serve(1))

    for _ in range(12):
        assert len(repository.get_many(some_ids(20))) == 20

    network_of_nobody.will(throttled, serve(100))
    assert len(repository.get_many(some_ids(2))) == 2


def test_a_batch_that_fails_leaves_those_unsent_that_were_not_begun(lonely_table, network_of_nobody, monkeypatch):
    store, cancelled = DynamoDBStore(lonely_table, now=datetime.now), threading.Event()
    waits_for = iter([lambda: None, cancelled.set])
    refuse = answering(400, "AccessDeniedException")

    def refuse_when_the_rest_is_cancelled(delivery):
        cancelled.wait(PATIENCE)
        return refuse(delivery)

    def wait_for(*args):
        next(waits_for)()
        return wait(*args)

    monkeypatch.setattr("infrastructure.kernel.dynamodb.table.wait", wait_for)
    network_of_nobody.will(refuse, *[refuse_when_the_rest_is_cancelled] * 40)

    with pytest.raises(Misconfigured):
        DynamoDBCrateRepository(store).put_many(a_crate() for _ in range(25 * 40))
    sent = len(network_of_nobody.sent)
    lonely_table.close()

    assert len(network_of_nobody.sent) == sent <= THREADS + 1


def test_batches_that_find_no_thread_by_the_deadline_are_not_sent(lonely_table, network_of_nobody, monkeypatch):
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: 0.0)
    all_busy, done = threading.Barrier(THREADS + 1, timeout=PATIENCE), threading.Event()

    def work(_: int) -> None:
        all_busy.wait()
        done.wait(PATIENCE)

    hold = threading.Thread(target=lonely_table.in_parallel, args=(work, range(THREADS)))
    hold.start()
    all_busy.wait()
    repository = DynamoDBCrateRepository(DynamoDBStore(lonely_table, now=datetime.now))

    with within(0.2, buffer=0.1), pytest.raises(Unavailable, match="could not be called in time") as late:
        repository.put_many(a_crate() for _ in range(60))
    done.set()
    hold.join()

    assert not late.value.maybe_applied
    assert network_of_nobody.sent == []


def test_a_batch_after_the_table_was_closed_is_unavailable(lonely_table, network_of_nobody):
    repository = DynamoDBCrateRepository(DynamoDBStore(lonely_table, now=datetime.now))
    lonely_table.close()

    with pytest.raises(Unavailable, match="the service is stopping"):
        repository.put_many(a_crate() for _ in range(60))


@pytest.mark.parametrize("fault", [throttled, lose_the_request], ids=["throttled", "no-answer"])
def test_a_batch_that_is_not_answered_is_a_failure_of_its_ids_alone(repository, network_of_nobody, fault):
    ids = some_ids(250)
    network_of_nobody.always(on(ids[120], fault))

    with pytest.raises(PartialFailure) as partial:
        repository.get_many(ids)

    assert list(partial.value.ids) == ids[100:200]
    assert isinstance(partial.value.__cause__, Unavailable)


def test_all_other_batches_are_written(repository, network_of_nobody):
    crates = [a_crate() for _ in range(60)]
    network_of_nobody.always(on(crates[30].id, throttled))

    with pytest.raises(PartialFailure) as partial:
        repository.put_many(crates)

    assert list(partial.value.ids) == [crate.id for crate in crates[25:50]]
    assert {10, 25} == set(sizes(network_of_nobody))


@pytest.mark.parametrize("count", [3, 250])
def test_when_nothing_is_answered_the_store_is_unavailable(repository, network_of_nobody, count):
    network_of_nobody.always(throttled)

    with pytest.raises(Unavailable):
        repository.get_many(some_ids(count))


def test_a_wrong_setup_is_no_partial_failure(repository, network_of_nobody):
    ids = some_ids(250)
    network_of_nobody.always(on(ids[120], answering(400, "AccessDeniedException")))

    with pytest.raises(Misconfigured):
        repository.get_many(ids)


def test_an_id_is_asked_for_once_however_often_it_is_wanted(repository, network_of_nobody):
    ids = some_ids(60)
    network_of_nobody.always(serve(100))

    found = repository.get_many(ids * 3)

    assert [crate.id for crate in found] == ids * 3
    assert sizes(network_of_nobody) == [60]


def test_nothing_asked_sends_nothing(repository, network_of_nobody):
    assert repository.get_many([]) == []
    repository.put_many([])
    repository.remove_many([])

    assert network_of_nobody.sent == []


@pytest.mark.parametrize("text", ["x", "\x01", "é"])
def test_large_items_are_sent_in_batches_that_dynamodb_takes(lonely_table, network_of_nobody, text):
    specimens = [a_specimen(text=text * (390_000 // len(text.encode()))) for _ in range(25)]
    network_of_nobody.always(serve(100))

    DynamoDBSpecimenRepository(DynamoDBStore(lonely_table, now=datetime.now)).put_many(specimens)

    assert sum(sizes(network_of_nobody)) == 25
    assert max(len(sent.body) for sent in network_of_nobody.sent) < 16 * 1024 * 1024


def test_several_batches_are_under_way_at_once(repository, network_of_nobody):
    all_here = Barrier(4, timeout=PATIENCE)

    def wait_for_the_others(delivery):
        all_here.wait()
        return serve(100)(delivery)

    network_of_nobody.always(wait_for_the_others)

    assert len(repository.get_many(some_ids(400))) == 400


def test_a_thousand_ids_with_five_hundred_unknown_are_ten_requests(remote, network):
    stored = [a_crate(f"Number {number}") for number in range(500)]
    remote.crates.put_many(stored)
    writes = len(network.sent)

    found = remote.crates.get_many(id for crate in stored for id in (crate.id, str(ULID())))

    assert found == [crate.at_version(1) for crate in stored]
    assert writes == 20
    assert sizes(network) == [25] * 20 + [100] * 10
    assert set(network.operations()) == {"BatchWriteItem", "BatchGetItem"}


def test_what_was_left_out_of_a_batch_is_there_after_the_next_attempt(remote, network, crates):
    stored = [a_crate() for _ in range(30)]
    network.will(throttled, answering(500), lose_the_request)

    remote.crates.put_many(stored)

    assert crates.get_many(crate.id for crate in stored) == [crate.at_version(1) for crate in stored]
