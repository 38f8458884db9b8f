"""How often a request is sent: as often as it is set, whatever turns it away, and less while DynamoDB is down."""

from datetime import UTC
from datetime import datetime
from itertools import cycle
from itertools import islice

import pytest

from domain.kernel.errors import Conflict
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.dynamodb.transport import create_transport
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import refuse_the_connection
from tests.kernel.infrastructure.dynamodb.network import throttled
from tests.kernel.infrastructure.dynamodb.test_unavailable import EVERY_CALL
from tests.kernel.infrastructure.dynamodb.test_unavailable import STORED
from tests.kernel.infrastructure.dynamodb.test_unavailable import failure
from tests.kernel.ministack import ENVIRONMENT
from tests.kernel.service.repositories import DynamoDBPersistence
from tests.kernel.service.settings import Settings

ATTEMPTS = 3
RETRIES_OF_AN_OUTAGE = 100

FAULTS = {
    "no answer": lose_the_request,
    "no connection": refuse_the_connection,
    "no JSON": lambda _: Answer(200, b"{}x"),
    "a failure": failed,
    "throttling": throttled,
    "another transaction": answering(400, "TransactionConflictException"),
    "the same transaction": answering(400, "TransactionInProgressException"),
}


@pytest.fixture
def nowhere(monkeypatch, waits):
    """An adapter on a table that is nowhere: every request has to meet a fault."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("infrastructure.kernel.dynamodb.persistence.create_transport", create_transport)
    persistence = DynamoDBPersistence(
        Settings(aws_region="eu-west-1", dynamodb_attempts=ATTEMPTS), lambda: datetime.now(UTC)
    )
    yield persistence
    persistence.close()


@pytest.fixture
def network(nowhere):
    return Network(nowhere.table)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("call", EVERY_CALL.values(), ids=EVERY_CALL)
def test_a_request_is_sent_as_often_as_it_is_set_and_never_more_often(nowhere, network, waits, call, fault):
    network.always(fault)

    failure(call, nowhere)

    assert len(network.sent) == ATTEMPTS
    assert len(waits) == ATTEMPTS - 1


def test_faults_of_different_kinds_are_counted_together(nowhere, network):
    for call in EVERY_CALL.values():
        network.sent.clear()
        network.will(*islice(cycle(FAULTS.values()), 20))

        failure(call, nowhere)

        assert len(network.sent) == ATTEMPTS


def test_a_batch_is_asked_for_as_often_as_it_is_set_whether_it_is_turned_away_or_left_undone(nowhere, network):
    table, keys = nowhere.table.name, [{"pk": {"S": f"CRATE#{id}"}, "sk": {"S": "#"}} for id in (STORED.id, "other")]
    left_undone = answering(200, Responses={}, UnprocessedKeys={table: {"Keys": keys}})
    network.will(throttled, left_undone, throttled, left_undone)

    failure(lambda it: it.crates.get_many([STORED.id, "other"]), nowhere)

    assert network.operations() == ["BatchGetItem"] * ATTEMPTS


def test_while_dynamodb_is_down_retries_are_spent_and_each_call_is_sent_once(nowhere, network):
    network.always(failed)
    calls = RETRIES_OF_AN_OUTAGE

    for _ in range(calls):
        failure(EVERY_CALL["get"], nowhere)

    assert len(network.sent) == calls + RETRIES_OF_AN_OUTAGE


@pytest.mark.parametrize(
    "answer",
    [
        answering(400, "ConditionalCheckFailedException", Item={"version": {"N": "7"}}),
        answering(400, "ValidationException"),
    ],
    ids=["refused", "wrong"],
)
def test_a_retry_that_is_answered_costs_nothing_whatever_the_answer_is(nowhere, network, answer):
    for _ in range(RETRIES_OF_AN_OUTAGE + 20):
        network.sent.clear()
        network.will(throttled, answer)

        with pytest.raises((Conflict, ErrorAnswer)):
            nowhere.crates.save(STORED)

        assert len(network.sent) == 2


def test_other_transactions_in_the_way_cost_no_retries_of_an_outage(nowhere, network):
    network.always(FAULTS["another transaction"])
    for _ in range(RETRIES_OF_AN_OUTAGE):
        failure(EVERY_CALL["save"], nowhere)
    network.sent.clear()
    network.always(throttled)

    failure(EVERY_CALL["save"], nowhere)

    assert len(network.sent) == ATTEMPTS


def test_retries_come_back_with_the_calls_that_succeed(connect, raw, waits):
    remote = connect(dynamodb_attempts=2)
    network = Network(remote.table)
    stored = remote.crates.add(a_crate())
    network.always(failed)
    for _ in range(RETRIES_OF_AN_OUTAGE):
        failure(EVERY_CALL["get"], remote)

    network.will()
    for _ in range(5):
        remote.crates.get(stored.id)
    network.sent.clear()
    network.will(throttled)

    assert remote.crates.get(stored.id) == stored
    assert len(network.sent) == 2
