"""The bus of AWS: EventBridge."""

import logging
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Undeliverable
from domain.kernel.events import Event
from domain.kernel.events import EventBus
from infrastructure.kernel.aws import ATTEMPTS
from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.aws import unusable
from infrastructure.kernel.events.messages import Message
from infrastructure.kernel.events.messages import batches
from infrastructure.kernel.settings import Settings
from usecases.kernel.retries import Retry
from usecases.kernel.retries import SomeLeft
from usecases.kernel.retries import leaves_some

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

logger = logging.getLogger(__name__)

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
MAX_ENTRIES = 10
MAX_BYTES = 256 * 1024
"""Of all entries of one request. EventBridge may take more by now; what is larger by itself is sent alone."""
OVERHEAD_BYTES = 256
"""What else counts of an entry, at most: the time for 14 bytes, the source, the type.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"""

_REFUSED_FOR_GOOD = {"InvalidArgument", "MalformedDetail"}
"""What is wrong with the entry itself; every other code is that of a bus that fails."""


class EventBridgeEventBus(EventBus):
    """Puts each event on a bus of EventBridge: `detail-type` is its type, `detail` its envelope.

    Two events of one aggregate are never in one request, so that their order is kept when EventBridge takes some
    entries of a request and refuses others: these are sent again, before anything that comes after.
    """

    def __init__(self, client: "EventBridgeClient", name: str, source: str, *, attempts: int = ATTEMPTS) -> None:
        """
        Args:
            name: of the bus, or its ARN.
            source: the service that publishes the events.
            attempts: how often an event that EventBridge does not take is sent at most.
        """
        self._client = client
        self._name = name
        self._source = source
        self._until_taken = Retry(leaves_some, attempts=attempts)

    def publish(self, *events: Event) -> None:
        for batch in batches(events, self._source, messages=MAX_ENTRIES, bytes=MAX_BYTES, overhead=OVERHEAD_BYTES):
            try:
                self._until_taken(self._put_all, batch)
            except SomeLeft as exc:
                raise Unavailable(f"EventBridge did not take {len(batch)} of the events") from exc

    def _put_all(self, batch: list[Message]) -> None:
        if self._put(batch):
            raise SomeLeft

    def _put(self, batch: list[Message]) -> bool:
        """Sends a batch and takes out of it what EventBridge has taken; whether anything is left."""
        try:
            answer = self._client.put_events(Entries=[self._entry(message) for message in batch])
        except ClientError as exc:
            if _code(exc) != "ValidationException":
                raise
            if len(batch) == 1:
                raise Undeliverable(batch[0].event.type, batch[0].event.event_id, str(exc)) from exc
            return self._put_one_by_one(batch)
        left = []
        for message, outcome in zip(batch, answer["Entries"], strict=True):
            event, code, why = message.event, outcome.get("ErrorCode"), outcome.get("ErrorMessage", "")
            if code in _REFUSED_FOR_GOOD:
                raise Undeliverable(event.type, event.event_id, f"{code}: {why}")
            if code is not None:
                logger.warning("EventBridge did not take %s %s: %s: %s", event.type, event.event_id, code, why)
                left.append(message)
        batch[:] = left
        return bool(left)

    def _put_one_by_one(self, batch: list[Message]) -> bool:
        """Sends each of a batch alone, one of which EventBridge refuses for good; the same as `_put`."""
        batch[:] = [message for message in batch if self._put([message])]
        return bool(batch)

    def _entry(self, message: Message) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._name,
            "Source": self._source,
            "DetailType": message.event.type,
            "Time": message.event.occurred_at,
            "Detail": message.body,
        }


def create_eventbridge_bus(settings: Settings) -> EventBridgeEventBus:
    """The bus that the settings name. It is looked up, for PutEvents drops in silence what is for a bus that is not.

    Raises:
        Misconfigured: there is no bus of that name, no region, or the endpoint of the environment is no URL.
        Unavailable: EventBridge throttles, fails, or does not answer.
    """
    name = settings.event_bus.partition(":")[2]
    client = create_aws_client("events", "EventBridge", region=settings.aws_region)
    _require_bus(client, name)
    return EventBridgeEventBus(client, name, settings.service)


def _require_bus(client: "EventBridgeClient", name: str) -> None:
    try:
        client.describe_event_bus(Name=name)
    except ClientError as exc:
        if _code(exc) == "ResourceNotFoundException":
            raise Misconfigured(f"there is no event bus {name}") from exc
        if _code(exc) != "AccessDeniedException":
            raise unusable(f"the event bus {name} cannot be looked up", exc) from exc
        logger.warning("whether there is an event bus %s cannot be told without events:DescribeEventBus", name)
    except BotoCoreError as exc:
        raise unusable("EventBridge cannot be called", exc) from exc


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
