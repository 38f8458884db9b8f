"""The pollers of all tables, which take turns."""

import logging
import threading
from collections.abc import Callable
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.botocore.client import create_streams_client
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.streams.checkpoints import CHECKPOINT
from infrastructure.kernel.dynamodb.streams.checkpoints import DynamoDBCheckpointRepository
from infrastructure.kernel.dynamodb.streams.checkpoints import checkpoint_of
from infrastructure.kernel.dynamodb.streams.poller import StreamPoller
from infrastructure.kernel.dynamodb.streams.stream import Stream
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.settings import Settings

logger = logging.getLogger(__name__)

WAIT_SECONDS = 0.5
"""How long to wait when there was nothing to carry, or the bus failed."""


def run(pollers: Sequence[StreamPoller], stop: threading.Event) -> None:
    """Has them poll in turn until `stop` is set. What DynamoDB does not answer is asked again.

    Raises:
        Misconfigured: there is no such table, it has no stream, or a permission is missing.
    """
    while not stop.is_set():
        found = [_found(poller) for poller in pollers]
        if not any(found):
            stop.wait(WAIT_SECONDS)


def _found(poller: StreamPoller) -> bool:
    try:
        return poller.poll()
    except Unavailable as exc:
        logger.warning("the relay waits for DynamoDB: %s", exc)
        return False


def create_pollers(
    settings: Settings, store: DynamoDBStore, tables: Sequence[Table], relay: Relay, now: Callable[[], datetime]
) -> list[StreamPoller]:
    """The pollers of the streams of these tables, which keep their checkpoints in `store`."""
    client = create_streams_client(settings)
    checkpoints = DynamoDBCheckpointRepository(store)
    return [
        StreamPoller(
            partial(Stream, client, table),
            checkpoints,
            relay,
            now,
            CHECKPOINT if table is store.table else checkpoint_of(table.name),
        )
        for table in tables
    ]
