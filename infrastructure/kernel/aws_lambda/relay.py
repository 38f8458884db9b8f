"""The handler of the table's stream: carries the events of its records to the bus.

The event source mapping has to have `ReportBatchItemFailures`, and may have a parallelization factor: Lambda keeps the
records of one item in order. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections.abc import Sequence
from typing import Any

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel.aws_lambda.invocation import Handler
from infrastructure.kernel.aws_lambda.invocation import Payload
from infrastructure.kernel.aws_lambda.invocation import invoked
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.dynamodb.streams.records import stream_records
from infrastructure.kernel.dynamodb.streams.records import warn_if_late
from infrastructure.kernel.wiring import Container


def create_relay_handler(container: Container) -> Handler[dict[str, Any]]:
    """The handler, with the bus of `container`, which is made now."""
    relay = container.relay()

    def handle(payload: Payload) -> dict[str, Any]:
        """Carries the records of `payload`, and answers from which on Lambda has to call again, if from any.

        That is where the bus failed, or time ran out.

        Raises:
            InvalidArgument: it has no records of a stream.
        """
        given = payload.get("Records")
        if not isinstance(given, list):
            raise InvalidArgument("Records", "must be a list, as the stream of a DynamoDB table gives it")
        records = stream_records(given)
        warn_if_late(records, container.now())
        return {"batchItemFailures": _failures(records, relay.carry(records))}

    return invoked(handle, container.settings())


def _failures(records: Sequence[StreamRecord], done: int) -> list[dict[str, str]]:
    """What makes Lambda call again with the records after the first `done`, and with few before them.

    If the first of those has no sequence number, it is the last before it that has one. If there is none either, it is an
    empty one: Lambda takes it for a failure of the whole batch, and begins with the first record.
    """
    if done == len(records):
        return []
    numbers = [record.sequence_number for record in records[: done + 1] if record.sequence_number]
    return [{"itemIdentifier": numbers[-1] if numbers else ""}]
