"""Whether a call of DynamoDB is watched changes nothing about it, however odd the answer is."""

import json

import pytest

from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.transport import Answer
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.observability.recorder import Recorder
from usecases.kernel.observability import watch_with
from usecases.kernel.observability import watched


@pytest.fixture(params=["watched", "not watched"])
def may_be_watched(request):
    watch_with(*([Recorder()] if request.param == "watched" else []))
    yield
    watch_with()


def test_a_damaged_answer_is_none(may_be_watched, remote, network):
    network.always(lambda _: Answer(200, b"{damaged}"))

    with pytest.raises(Unavailable, match="cut short") as raised:
        remote.crates.add(a_crate())

    assert raised.value.maybe_applied


@pytest.mark.parametrize("told", [{"CapacityUnits": "many"}, {"CapacityUnits": None}, [7], ["text"], {}, [{}]], ids=str)
def test_capacity_that_is_told_oddly_is_passed_over(may_be_watched, remote, network, told):
    network.always(answering(200, ConsumedCapacity=told))

    assert remote.crates.add(a_crate()).version == 1


def test_what_is_sent_again_is_a_retry_of_one_call(remote, network, recorder):
    network.will(lose_the_answer, lose_the_answer)

    with watched("use case", "Add"):
        remote.crates.add(a_crate())

    [adding] = recorder.of("use case")
    [putting] = [call for call in recorder.of("dynamodb") if call.name == "PutItem"]
    assert (adding.counts["Retries"], putting.facts["attempts"]) == (2, 3)
    assert "Throttles" not in adding.counts


def leave_the_last(delivery):
    """DynamoDB takes all of a batch but its last item."""
    [(table, items)] = delivery.sent.parameters["RequestItems"].items()
    return Answer(200, json.dumps({"UnprocessedItems": {table: items[-1:]}}).encode())


def test_what_is_left_of_a_batch_and_sent_again_is_a_retry(remote, network, recorder):
    network.will(leave_the_last, leave_the_last, leave_the_last)

    with watched("use case", "Fill"):
        remote.crates.put_many([a_crate(), a_crate(), a_crate()])

    assert network.operations() == ["BatchWriteItem"] * 4
    assert recorder.of("use case")[0].counts["Retries"] == 3
