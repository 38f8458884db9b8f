"""Events as messages, for buses that take several at once."""

from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple

from domain.kernel.events import Event
from infrastructure.kernel.events.cloud_events import cloud_event_json


class Message(NamedTuple):
    """An event, and its envelope as JSON."""

    event: Event
    body: str


def batches(
    events: Iterable[Event], source: str, *, messages: int, bytes: int, overhead: int = 0
) -> Iterator[list[Message]]:
    """The messages of `events` in order, at most so many, and so many bytes of them with `overhead` each, at once.

    No two of one aggregate are in one batch: a bus may take some of a batch and refuse others, and if these are sent
    again before the next batch is, the order per aggregate is kept. What is too large by itself is in a batch alone.
    """
    batch: list[Message] = []
    aggregates: set[str] = set()
    size = 0
    for event in events:
        message = Message(event, cloud_event_json(event, source))
        more = len(message.body.encode()) + overhead
        if batch and (len(batch) == messages or size + more > bytes or event.aggregate_id in aggregates):
            yield batch
            batch, aggregates, size = [], set(), 0
        batch.append(message)
        aggregates.add(event.aggregate_id)
        size += more
    if batch:
        yield batch
