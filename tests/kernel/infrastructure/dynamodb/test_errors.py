"""Every way DynamoDB and the client can refuse or fail, and which error of ours it becomes."""

import logging
import traceback
from datetime import datetime

import pytest

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.errors import oversize
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.transport import ErrorAnswer
from infrastructure.kernel.dynamodb.transport import NotSent
from infrastructure.kernel.dynamodb.transport import TransportError
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import refuse_the_connection
from tests.kernel.service.repositories import DynamoDBCrateRepository

STORED = a_crate("Confidential Partner").at_version(1)


@pytest.fixture
def repository(lonely_table):
    return DynamoDBCrateRepository(DynamoDBStore(lonely_table, now=datetime.now))


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("ResourceNotFoundException", "Requested resource not found", "no table tiny-service"),
        ("AccessDeniedException", "User is not authorized to perform: dynamodb:PutItem", "do not permit"),
        ("ExpiredTokenException", "The security token included in the request is expired", "expired"),
        ("UnrecognizedClientException", "The security token included in the request is invalid.", "not known"),
        ("MissingAuthenticationTokenException", "Request is missing Authentication Token", "no credentials"),
        ("IncompleteSignatureException", "…", "incomplete"),
        ("InvalidSignatureException", "Signature expired", "clock"),
        ("ValidationException", "The provided key element does not match the schema", "keys and indexes"),
        ("ValidationException", "The table does not have the specified index: listing", "keys and indexes"),
        ("ValidationException", "Query condition missed key schema element: _list", "keys and indexes"),
        (
            "ValidationException",
            "One or more parameter values were invalid: Missing the key id in the item",
            "keys and indexes",
        ),
        (
            "ValidationException",
            "One or more parameter values were invalid: Type mismatch for key pk expected: N actual: S",
            "keys and indexes",
        ),
    ],
)
def test_what_is_set_up_wrongly_says_what(repository, network_of_nobody, code, message, said):
    network_of_nobody.always(answering(400, code, message=message))

    with pytest.raises(Misconfigured) as wrong:
        repository.add(a_crate())

    assert said in str(wrong.value)
    assert isinstance(wrong.value.__cause__, ErrorAnswer)
    assert network_of_nobody.operations() == ["PutItem"]


@pytest.mark.parametrize(
    ("fault", "may_have_arrived"),
    [(refuse_the_connection, False), (lose_the_request, True)],
    ids=["not-sent", "no-answer"],
)
def test_no_answer_is_unavailable_and_tells_what_may_have_arrived(
    repository, network_of_nobody, fault, may_have_arrived
):
    network_of_nobody.always(fault)

    for call, maybe_applied in (
        (lambda: repository.save(STORED), may_have_arrived),
        (lambda: repository.put_many([STORED]), may_have_arrived),
        (lambda: repository.get(STORED.id), False),
    ):
        with pytest.raises(Unavailable) as unavailable:
            call()
        assert unavailable.value.maybe_applied is maybe_applied
        assert isinstance(unavailable.value.__cause__, TransportError)


def test_credentials_that_are_gone_after_a_lost_answer_leave_the_write_in_doubt(repository, network_of_nobody):
    def lack_credentials(_):
        raise Misconfigured("there are no credentials")

    network_of_nobody.will(lose_the_request, lack_credentials)
    with pytest.raises(Unavailable) as unavailable:
        repository.save(STORED)
    assert unavailable.value.maybe_applied

    network_of_nobody.will(lose_the_request, lack_credentials)
    with pytest.raises(Misconfigured):
        repository.get(STORED.id)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_on_its_side_is_tried_again_and_then_unavailable(repository, network_of_nobody, status):
    network_of_nobody.always(answering(status, "ServiceUnavailable" if status == 503 else "InternalServerError"))

    with pytest.raises(Unavailable) as unavailable:
        repository.save(STORED)

    assert unavailable.value.maybe_applied
    assert network_of_nobody.operations() == ["UpdateItem"] * 4


@pytest.mark.parametrize(
    "code", ["ItemCollectionSizeLimitExceededException", "LimitExceededException", "ValidationException", "Surprise"]
)
def test_a_code_that_is_not_expected_passes_bare(repository, network_of_nobody, code):
    network_of_nobody.always(answering(400, code, message="something else"))

    with pytest.raises(ErrorAnswer) as unexpected:
        repository.add(a_crate())

    assert unexpected.value.code == code
    assert not isinstance(unexpected.value, ServiceError)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "TransactionConflictException"), (400, "TransactionInProgressException")]
)
def test_other_transactions_in_the_way_are_waited_for(repository, network_of_nobody, waits, status, code):
    network_of_nobody.will(answering(status, code), answering(status, code), answering(200, Attributes={}))

    saved = repository.save(STORED)

    assert saved.version == 2
    assert len(waits) == 2
    assert max(waits) <= 2


def test_other_transactions_that_stay_in_the_way_are_unavailable_and_no_conflict(repository, network_of_nobody, waits):
    network_of_nobody.always(answering(400, "TransactionConflictException"))

    with pytest.raises(Unavailable) as unavailable:
        repository.save(STORED)

    assert not unavailable.value.maybe_applied
    assert len(network_of_nobody.sent) == 4
    assert len(waits) == 3
    assert max(waits) <= 1


def test_neither_errors_nor_logs_tell_what_entities_hold(repository, network_of_nobody, caplog):
    for logger in ("domain", "usecases", "infrastructure"):
        caplog.set_level(logging.DEBUG, logger=logger)
    told = []

    for fault in (
        answering(400, "ResourceNotFoundException"),
        answering(400, "ConditionalCheckFailedException", Item={"name": {"S": STORED.name}, "version": {"N": "5"}}),
        answering(400, "ProvisionedThroughputExceededException"),
        answering(400, "Surprise"),
        answering(500, "InternalServerError"),
    ):
        network_of_nobody.always(fault)
        for call in (lambda: repository.save(STORED, an_event(STORED)), lambda: repository.add(STORED.at_version(0))):
            with pytest.raises((ServiceError, ErrorAnswer)) as failure:
                call()
            told += traceback.format_exception(failure.value)

    assert told
    assert STORED.name not in "".join(told)
    assert STORED.name not in caplog.text


# Items that are too large although what was sent is not

PUT_TOO_LARGE = "Item size has exceeded the maximum allowed size"
UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
VALUE_TOO_LARGE = f"ExpressionAttributeValues contains invalid value: {PUT_TOO_LARGE} for key :0"


def refused(code, message, *reasons):
    return ErrorAnswer(400, {"__type": f"x#{code}", "message": message, "CancellationReasons": reasons})


@pytest.mark.parametrize(
    "message",
    [PUT_TOO_LARGE, UPDATE_TOO_LARGE, VALUE_TOO_LARGE, f"1 validation error detected: {UPDATE_TOO_LARGE}"],
)
def test_an_item_that_is_too_large_is_recognised(message):
    found = oversize(refused("ValidationException", message), ambiguous=False)

    assert found is not None
    assert found.places == []


def test_an_item_that_is_too_large_is_recognised_among_the_reasons_of_a_transaction():
    too_large = {"Code": "ValidationError", "Message": UPDATE_TOO_LARGE}
    wrong_keys = {"Code": "ValidationError", "Message": "The provided key element does not match the schema"}
    error = refused("TransactionCanceledException", "…", {"Code": "None"}, too_large, wrong_keys, too_large)

    found = oversize(error, ambiguous=False)

    assert found is not None
    assert found.places == [1, 3]


@pytest.mark.parametrize(
    "error",
    [
        refused(
            "ValidationException", "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;"
        ),
        refused("ValidationException", "Nesting Levels have exceeded supported limits"),
        refused("ItemCollectionSizeLimitExceededException", PUT_TOO_LARGE),
        refused("TransactionCanceledException", PUT_TOO_LARGE, {"Code": "None"}),
        refused("TransactionCanceledException", "…", {"Code": "ConditionalCheckFailed", "Message": PUT_TOO_LARGE}),
        refused("TransactionCanceledException", "…", {"Code": "ValidationError"}),
        NotSent(PUT_TOO_LARGE),
    ],
    ids=str,
)
def test_nothing_else_is_taken_for_an_item_that_is_too_large(error):
    assert oversize(error, ambiguous=False) is None
