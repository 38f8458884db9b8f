"""Why DynamoDB cancels a transaction, and what a unit of work makes of it."""

from datetime import datetime

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import NotFound
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.unit_of_work import StoredUnitOfWork
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.service.domain import Crate
from tests.kernel.service.repositories import DynamoDBCrateRepository

SAVED, ADDED, CHECKED = a_crate("Saved").at_version(1), a_crate("Added"), a_crate("Checked").at_version(1)


@pytest.fixture
def work(lonely_table):
    """A unit of work with a save, an addition and a check."""
    store = DynamoDBStore(lonely_table, now=datetime.now)
    DynamoDBCrateRepository(store)
    work = StoredUnitOfWork(store)
    work.of(Crate).save(SAVED)
    work.of(Crate).add(ADDED)
    work.of(Crate).check(CHECKED)
    return work


def cancelled(*reasons):
    """The answer of DynamoDB, with a reason per change; a version stands for the item that failed a condition."""
    return answering(
        400,
        "TransactionCanceledException",
        CancellationReasons=[
            {"Code": "ConditionalCheckFailed", "Item": {"version": {"N": str(reason)}} if reason else {}}
            if isinstance(reason, int)
            else {"Code": reason, "Message": "as DynamoDB says"}
            for reason in reasons
        ],
    )


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_what_passes_is_waited_for(work, network_of_nobody, waits, reason):
    network_of_nobody.will(cancelled("None", reason, "None"), cancelled(reason, reason, "None"), answering(200))

    work.commit()

    assert len(waits) == 2
    assert max(waits) <= 1
    assert len({sent.body for sent in network_of_nobody.sent}) == 1


def test_what_does_not_pass_in_time_is_unavailable(work, network_of_nobody):
    network_of_nobody.always(cancelled("TransactionConflict", "None", "ThrottlingError"))

    with pytest.raises(Unavailable) as unavailable:
        work.commit()

    assert not unavailable.value.maybe_applied
    assert isinstance(unavailable.value.__cause__, ErrorAnswer)
    assert len(network_of_nobody.sent) == 4


def test_failed_conditions_are_reported_among_whatever_else_there_was(work, network_of_nobody):
    network_of_nobody.always(cancelled("TransactionConflict", 7, 4))

    with pytest.raises(TransactionFailed) as refused:
        work.commit()

    assert [(failure.id, type(failure.error)) for failure in refused.value.failures] == [
        (ADDED.id, AlreadyExists),
        (CHECKED.id, Conflict),
    ]
    assert len(network_of_nobody.sent) == 1


def test_each_failed_condition_tells_what_was_found(work, network_of_nobody):
    network_of_nobody.always(cancelled(3, "None", 0))

    with pytest.raises(TransactionFailed) as refused:
        work.commit()

    conflict, missing = refused.value.failures
    assert isinstance(conflict.error, Conflict)
    assert (conflict.kind, conflict.id, conflict.error.expected, conflict.error.found) == ("Crate", SAVED.id, 1, 3)
    assert (missing.kind, missing.id, type(missing.error)) == ("Crate", CHECKED.id, NotFound)
    assert refused.value.__cause__ is not None


def test_a_commit_of_another_shape_than_the_table_is_a_wrong_setup(work, network_of_nobody):
    reasons = [{"Code": "ValidationError", "Message": "The provided key element does not match the schema"}] * 3
    network_of_nobody.always(answering(400, "TransactionCanceledException", CancellationReasons=reasons))

    with pytest.raises(Misconfigured):
        work.commit()


@pytest.mark.parametrize("reason", ["ItemCollectionSizeLimitExceeded", "ValidationError", "DuplicateItem", "Surprise"])
def test_a_reason_that_is_not_expected_passes_bare(work, network_of_nobody, reason):
    network_of_nobody.always(cancelled("TransactionConflict", reason, "None"))

    with pytest.raises(ErrorAnswer) as unexpected:
        work.commit()

    assert unexpected.value.code == "TransactionCanceledException"
    assert len(network_of_nobody.sent) == 1


def test_a_transaction_under_way_already_is_waited_for(work, network_of_nobody, waits):
    network_of_nobody.will(answering(400, "TransactionInProgressException"), answering(200))

    work.commit()

    assert len(waits) == 1
