"""The handler of the table's stream: carries the events of its records to the bus.

The event source mapping has to have `ReportBatchItemFailures`, and may have a parallelization factor: Lambda keeps the
records of one item in order. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from typing import Any

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel.aws_lambda.invocation import Handler
from infrastructure.kernel.aws_lambda.invocation import Payload
from infrastructure.kernel.aws_lambda.invocation import invoked
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
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
        if "Records" not in payload:
            raise InvalidArgument("event", "must have Records, as the stream of a DynamoDB table gives them")
        records = [StreamRecord(record) for record in payload["Records"]]
        warn_if_late(records, container.now())
        done = relay.carry(records)
        return {
            "batchItemFailures": [{"itemIdentifier": record.sequence_number} for record in records[done : done + 1]]
        }

    return invoked(handle, container.settings())
