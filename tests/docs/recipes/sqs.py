"""An event bus on a FIFO queue of SQS."""

from typing import TYPE_CHECKING

from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.events.messages import batches
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.wiring import create_event_bus

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SQSEventBus(EventBus):
    """Sends each event to a FIFO queue, which keeps the order per aggregate and drops repeats for five minutes."""

    def __init__(self, client: "SQSClient", queue_url: str, source: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._source = source

    def publish(self, *events: Event) -> None:
        for batch in batches(events, self._source, messages=10, bytes=256 * 1024):
            answer = self._client.send_message_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {
                        "Id": str(number),
                        "MessageBody": body,
                        "MessageGroupId": event.aggregate_id,
                        "MessageDeduplicationId": event.event_id,
                    }
                    for number, (event, body) in enumerate(batch)
                ],
            )
            if refused := answer.get("Failed"):
                raise Unavailable(f"SQS did not take {len(refused)} events: {refused[0]['Code']}")


def create_bus(settings: Settings) -> EventBus:
    """The bus that the settings choose: `sqs:` and the URL of a queue, or one of the kernel's."""
    kind, _, queue_url = settings.event_bus.partition(":")
    if kind != "sqs":
        return create_event_bus(settings)
    client = create_aws_client("sqs", "SQS", region=settings.aws_region)
    return SQSEventBus(client, queue_url, settings.service)
