"""The request that wrote an event, on its way through the table and its stream."""

import pytest

from domain.kernel.events import trace_of
from domain.kernel.trace import Trace
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import an_event
from usecases.kernel.observability import in_trace

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def item_of(raw, table):
    """The item of a crate, as the stream has it."""

    def item_of(crate):
        stored = raw.scan(TableName=table.name, ConsistentRead=True)["Items"]
        [item] = [item for item in stored if item["pk"]["S"].endswith(f"#{crate.id}")]
        return item

    return item_of


def record(item):
    """What the stream tells of a new item."""
    change = {"Keys": {name: item[name] for name in ("pk", "sk")}, "NewImage": item, "SequenceNumber": "1"}
    return StreamRecord({"eventName": "INSERT", "dynamodb": change})


def test_the_stream_carries_the_request_to_the_events(remote, item_of):
    crate = a_crate()
    with in_trace("request", "POST /crates", traceparent=PARENT, request_id="r1"):
        remote.crates.add(crate, an_event(crate))

    [event] = record(item_of(crate)).events()

    assert trace_of(event) == Trace("r1", PARENT)


def test_a_write_without_events_leaves_no_request_behind(remote, item_of):
    crate = a_crate()
    with in_trace("request", "POST /crates", traceparent=PARENT):
        added = remote.crates.add(crate, an_event(crate))
        assert item_of(crate)["_trace"] == {"S": PARENT}
        remote.crates.save(added)

    assert "_trace" not in item_of(crate)


def test_without_a_request_nothing_more_is_stored(remote, item_of):
    crate = a_crate()

    remote.crates.add(crate, an_event(crate))

    assert "_trace" not in item_of(crate)
    [event] = record(item_of(crate)).events()
    assert trace_of(event) is None


@pytest.mark.parametrize("damaged", [{"S": "00-x"}, {"N": "1"}, {"S": 7}, "text", None], ids=str)
def test_a_damaged_request_keeps_no_event_from_the_bus(remote, item_of, damaged):
    crate = a_crate()
    remote.crates.add(crate, an_event(crate))

    [event] = record({**item_of(crate), "_trace": damaged}).events()

    assert trace_of(event) is None
