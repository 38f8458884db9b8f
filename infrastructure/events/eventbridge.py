"""The bus of AWS: EventBridge."""

import logging
from collections.abc import Iterable
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError
from tenacity import RetryError
from tenacity import Retrying
from tenacity import retry_if_result
from tenacity import stop_after_attempt
from tenacity import wait_random_exponential

from domain.errors import Misconfigured
from domain.errors import Unavailable
from domain.errors import Undeliverable
from domain.events import Event
from domain.events import EventBus
from infrastructure.events.cloud_events import SOURCE
from infrastructure.events.cloud_events import cloud_event_json
from infrastructure.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

logger = logging.getLogger(__name__)

ATTEMPTS = 4
CONNECT_SECONDS = 1
READ_SECONDS = 5

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
MAX_ENTRIES = 10
MAX_BYTES = 256 * 1024
"""Of all entries of one request. EventBridge may take more by now; what is larger by itself is sent alone."""
_TIME_BYTES = 14

_REFUSED_FOR_GOOD = {"InvalidArgument", "MalformedDetail"}
"""What is wrong with the entry itself; every other code is that of a bus that fails."""


class EventBridgeEventBus(EventBus):
    """Puts each event on a bus of EventBridge: `detail-type` is its type, `detail` its envelope.

    Two events of one aggregate are never in one request, so that their order is kept when EventBridge takes some
    entries of a request and refuses others: these are sent again, before anything that comes after.
    """

    def __init__(self, client: "EventBridgeClient", name: str, *, attempts: int = ATTEMPTS) -> None:
        """
        Args:
            name: of the bus, or its ARN.
            attempts: how often an event that EventBridge does not take is sent at most.
        """
        self._client = client
        self._name = name
        self._until_taken = Retrying(
            retry=retry_if_result(bool),
            wait=wait_random_exponential(multiplier=0.05, max=1),
            stop=stop_after_attempt(attempts),
        )

    def publish(self, *events: Event) -> None:
        for batch in _batches(events, self._name):
            try:
                self._until_taken(self._put, batch)
            except RetryError as exc:
                raise Unavailable(f"EventBridge did not take {len(batch)} of the events") from exc

    def _put(self, batch: "Batch") -> bool:
        """Sends a batch and takes out of it what EventBridge has taken; whether anything is left."""
        sent = list(batch)
        try:
            answer = self._client.put_events(Entries=[batch[event] for event in sent])
        except ClientError as exc:
            if exc.response["Error"]["Code"] == "ValidationException" and len(sent) == 1:
                raise Undeliverable(sent[0].type, sent[0].event_id, str(exc)) from exc
            raise
        for event, outcome in zip(sent, answer["Entries"], strict=True):
            code, why = outcome.get("ErrorCode"), outcome.get("ErrorMessage", "")
            if code is None:
                del batch[event]
            elif code in _REFUSED_FOR_GOOD:
                raise Undeliverable(event.type, event.event_id, f"{code}: {why}")
            else:
                logger.warning("EventBridge did not take %s %s: %s: %s", event.type, event.event_id, code, why)
        return bool(batch)


Batch = dict[Event, "PutEventsRequestEntryTypeDef"]


def _batches(events: Iterable[Event], bus: str) -> Iterator[Batch]:
    """The entries of `events`, in order, as one request may hold them."""
    batch: Batch = {}
    aggregates: set[str] = set()
    size = 0
    for event in events:
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": bus,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": event.occurred_at,
            "Detail": cloud_event_json(event),
        }
        more = _TIME_BYTES + sum(len(entry[key].encode()) for key in ("Source", "DetailType", "Detail"))
        is_full = len(batch) == MAX_ENTRIES or size + more > MAX_BYTES
        if batch and (is_full or event.aggregate_id in aggregates):
            yield batch
            batch, aggregates, size = {}, set(), 0
        batch[event] = entry
        aggregates.add(event.aggregate_id)
        size += more
    if batch:
        yield batch


def create_eventbridge_bus(settings: Settings) -> EventBridgeEventBus:
    """The bus that the settings name.

    Raises:
        Misconfigured: there is no region, or the endpoint of the environment is no URL.
    """
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        tcp_keepalive=True,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    try:
        client = boto3.client("events", region_name=settings.dynamodb_region, config=config)
    except (BotoCoreError, ValueError) as exc:
        raise Misconfigured(f"EventBridge cannot be called: {exc}") from exc
    return EventBridgeEventBus(client, settings.event_bus.partition(":")[2])
