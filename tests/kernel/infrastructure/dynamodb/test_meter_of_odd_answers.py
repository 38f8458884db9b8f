"""What a meter counts by answers that no server gives when it is wanted to."""

import json

import pytest

from infrastructure.kernel.costs.meter import Meter
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.dynamodb.transport import Answer
from infrastructure.kernel.dynamodb.transport import NotSent
from infrastructure.kernel.dynamodb.transport import Transport
from tests.kernel.infrastructure.dynamodb.metering import an_item
from tests.kernel.infrastructure.dynamodb.metering import key
from tests.kernel.infrastructure.dynamodb.metering import metered
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import throttled

NOTHING, DESCRIBED = answering(200), answering(200, Table={"KeySchema": [{"AttributeName": n} for n in ("pk", "sk")]})


@pytest.mark.parametrize(
    "answer",
    [answering(400, "ValidationException"), throttled, failed, lambda _: Answer(503, b"<html>")],
    ids=["wrong", "throttled", "failed", "none of DynamoDB's"],
)
def test_a_request_that_is_not_carried_out_counts_nothing(lonely_table, answer):
    network = Network(lonely_table)
    consumed = metered(lonely_table)
    put = json.dumps({"TableName": "t", "Item": an_item("a")}).encode()
    network.will(DESCRIBED, NOTHING, answer, answer)

    assert consumed(lambda: lonely_table.transport.send("PutItem", put)) == Units()
    assert consumed(lambda: lonely_table.transport.send("Query", b'{"TableName": "t"}')) == Units()


def test_an_index_that_includes_some_attributes_has_them_and_the_keys_of_the_table(lonely_table):
    network = Network(lonely_table)
    consumed = metered(lonely_table)
    keys = [{"AttributeName": name} for name in ("pk", "rank")]
    local = {"KeySchema": keys, "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["text"]}}
    schema = {"KeySchema": [{"AttributeName": name} for name in ("pk", "sk")], "LocalSecondaryIndexes": [local]}
    old, new = ({**an_item("a", length, rank="1"), "sk": {"S": "x" * 1024}} for length in (1, 2))
    network.will(answering(200, Table=schema), answering(200, Item=old), NOTHING, answering(200, Item=new))

    assert consumed(lambda: lonely_table.call("PutItem", TableName="t", Item=new)) == Units(write=2 + 2)


def test_what_a_batch_leaves_undone_is_not_counted(lonely_table):
    network = Network(lonely_table)
    consumed = metered(lonely_table)
    puts = [{"PutRequest": {"Item": an_item(id)}} for id in ("a", "b")]
    keys = {"Keys": [key("a"), key("b")]}
    half = answering(200, Responses={}, UnprocessedKeys={"t": {"Keys": [key("b")]}})
    network.will(half, NOTHING)

    assert consumed(lambda: lonely_table.call("BatchGetItem", RequestItems={"t": keys})) == Units(read=0.5)
    network.will(DESCRIBED, NOTHING, NOTHING, answering(200, UnprocessedItems={"t": puts[1:]}), NOTHING)
    assert consumed(lambda: lonely_table.call("BatchWriteItem", RequestItems={"t": puts})) == Units(write=1)


def test_a_meter_ends_in_time_if_its_transport_does_and_closes_it():
    class Punctual(Transport):
        ends_in_time = True
        is_closed = False

        def send(self, operation: str, body: bytes) -> Answer:
            raise NotSent

        def close(self) -> None:
            self.is_closed = True

    transport = Punctual()
    meter = Meter(transport)
    meter.close()

    assert (meter.ends_in_time, transport.is_closed) == (True, True)
