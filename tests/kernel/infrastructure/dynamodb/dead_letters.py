"""Dead letters of writes, as the relay and Lambda leave them."""

import json
from datetime import datetime
from typing import Any

from domain.kernel.events import Event
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.events.letters import Letter
from tests.kernel.infrastructure.dynamodb.streams import WRITTEN
from tests.kernel.infrastructure.dynamodb.streams import a_key
from tests.kernel.infrastructure.dynamodb.streams import a_record
from tests.kernel.infrastructure.dynamodb.streams import an_image


def a_written(number: int, *events: Event, at: datetime = WRITTEN, **change: Any) -> dict[str, Any]:
    """The record of a write with events, as a Lambda function is given it. `number` is its place in the stream."""
    id = events[0].aggregate_id
    whole = {"Keys": a_key(id), "NewImage": an_image(id, *events), **change}
    record: dict[str, Any] = json.loads(StreamRecord(a_record("INSERT", number=str(number), at=at, **whole)).whole())
    return record


def given_up(number: int, *events: Event, **change: Any) -> Letter:
    """The letter of a write that the relay gave up."""
    return Letter(f"letter-{number}", a_written(number, *events, **change), "the bus has no such colour")


def in_a_batch(number: int, *events: Event, **change: Any) -> Letter:
    """The letter of a write in a batch that Lambda gave up."""
    return Letter(f"batch#{number}", a_written(number, *events, **change), is_of_batch=True)


def body_of_lambda(*records: Any) -> bytes:
    """What Lambda puts into a bucket when it gives up a batch, after the example in its documentation."""
    return json.dumps(
        {
            "requestContext": {"requestId": "r1", "condition": "RecordAgeExceeded", "approximateInvokeCount": 90},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2026-02-01T11:30:00.000Z",
            "DDBStreamBatchInfo": {"shardId": "shardId-1", "batchSize": len(records)},
            "payload": json.dumps({"Records": records}),
        }
    ).encode()
