"""Why DynamoDB throttled a call: in the error, in its answer, in the log, and counted."""

import pytest

from domain.kernel.errors import Throttling
from domain.kernel.errors import Unavailable
from infrastructure.kernel.api.problems import failure
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.service.domain import Crate
from usecases.kernel.observability import watched

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/crates"
HOT = {"reason": "TableWriteKeyRangeThroughputExceeded", "resource": ARN}
INDEX = {"reason": "IndexWriteMaxOnDemandThroughputExceeded", "resource": f"{ARN}/index/listing"}
ACCOUNT = {"reason": "TableReadAccountLimitExceeded", "resource": ARN}


def refused(remote, network, fault):
    network.always(fault)
    with pytest.raises(Unavailable) as raised:
        remote.crates.add(a_crate())
    return raised.value


@pytest.mark.parametrize(
    ("code", "member"),
    [
        ("ProvisionedThroughputExceededException", "ThrottlingReasons"),
        ("RequestLimitExceeded", "ThrottlingReasons"),
        ("ThrottlingException", "throttlingReasons"),
    ],
)
def test_each_error_of_throttling_tells_its_reasons(remote, network, code, member):
    error = refused(remote, network, answering(400, code, **{member: [HOT, INDEX]}))

    assert error.throttled_by == (
        Throttling("TableWriteKeyRangeThroughputExceeded", "table/crates", is_of_partition=True),
        Throttling("IndexWriteMaxOnDemandThroughputExceeded", "table/crates/index/listing", is_of_partition=False),
    )
    assert "TableWriteKeyRangeThroughputExceeded of table/crates, IndexWrite" in str(error)


def test_a_client_is_told_the_limit_but_not_the_account(remote, network, caplog):
    error = refused(remote, network, answering(400, "ThrottlingException", throttlingReasons=[HOT]))

    answer = failure(error)

    assert b'"throttled_by":[{"limit":"TableWriteKeyRangeThroughputExceeded","resource":"table/crates"' in answer.body
    assert b"123456789012" not in answer.body
    [record] = caplog.records
    assert vars(record)["throttled_by"][0]["is_of_partition"] is True


def test_without_a_reason_nothing_is_said_of_one(remote, network):
    error = refused(remote, network, answering(400, "ThrottlingException"))

    assert error.throttled_by == ()
    assert error.data == {"maybe_applied": False}


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_was_throttled_does_not_speak_of_other_transactions(remote, network, code):
    reasons = [{"Code": "None"}, {"Code": code, "Message": "Throughput exceeds the current capacity"}]
    network.always(answering(400, "TransactionCanceledException", CancellationReasons=reasons))

    with pytest.raises(Unavailable, match=f"DynamoDB throttled the call: {code}") as raised:
        commit(remote)

    assert raised.value.throttled_by == (Throttling(code, "", is_of_partition=False),)


@pytest.mark.parametrize("of", ["TableRead", "TableWrite", "IndexRead", "IndexWrite"])
@pytest.mark.parametrize(
    ("limit", "is_of_partition"),
    [
        ("KeyRangeThroughputExceeded", True),
        ("MaxOnDemandThroughputExceeded", False),
        ("ProvisionedThroughputExceeded", False),
        ("AccountLimitExceeded", False),
    ],
)
def test_a_hot_partition_is_told_from_every_other_limit(remote, network, of, limit, is_of_partition):
    reason = {"reason": f"{of}{limit}", "resource": ARN}

    error = refused(remote, network, answering(400, "ThrottlingException", throttlingReasons=[reason]))

    assert error.throttled_by == (Throttling(f"{of}{limit}", "table/crates", is_of_partition=is_of_partition),)


def test_a_transaction_that_met_another_one_is_not_throttled(remote, network):
    reasons = [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}]
    network.always(answering(400, "TransactionCanceledException", CancellationReasons=reasons))

    with pytest.raises(Unavailable, match="other transactions keep the item busy") as raised:
        commit(remote)

    assert raised.value.throttled_by == ()


def commit(persistence):
    with persistence.unit_of_work() as work:
        work.of(Crate).add(a_crate())
        work.of(Crate).add(a_crate())
        work.commit()


def test_each_throttled_attempt_is_counted_by_its_reason_even_if_the_call_succeeds(remote, network, recorder):
    hot = answering(400, "ThrottlingException", throttlingReasons=[HOT])
    account = answering(400, "RequestLimitExceeded", ThrottlingReasons=[ACCOUNT])
    network.will(hot, hot, account)

    with watched("use case", "Add"):
        remote.crates.add(a_crate())

    [adding] = recorder.of("use case")
    counted = {name: value for name, value in adding.counts.items() if not name.startswith("Store")}
    assert counted == {
        "Throttles": 3,
        "TableWriteKeyRangeThroughputExceeded": 2,
        "TableReadAccountLimitExceeded": 1,
        "Retries": 3,
        "WriteUnits": counted["WriteUnits"],
    }


def test_units_are_counted_by_what_they_are_paid_for(remote, recorder):
    with watched("use case", "Add"):
        stored = remote.crates.add(a_crate())
    with watched("use case", "Get"):
        remote.crates.get(stored.id, consistent=True)

    adding, getting = (operation.counts for operation in recorder.of("use case"))
    assert adding["WriteUnits"] > 0
    assert getting["ReadUnits"] > 0
    assert "WriteUnits" not in getting


def test_the_units_of_all_tables_of_an_answer_are_added_up(remote, network, recorder):
    network.always(answering(200, ConsumedCapacity=[{"CapacityUnits": 4.0}, {"CapacityUnits": 2.0}]))

    with watched("use case", "Commit"):
        commit(remote)

    assert recorder.of("use case")[0].counts["WriteUnits"] == 6


def test_without_an_observer_dynamodb_is_not_asked_for_units(remote, network):
    remote.crates.add(a_crate())

    assert "ReturnConsumedCapacity" not in network.sent[0].parameters
