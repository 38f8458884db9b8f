"""Events as messages, for buses that take several at once."""

from collections.abc import Iterable
from typing import NamedTuple

from domain.kernel.events import Event
from infrastructure.kernel.events.cloud_events import cloud_event_json


class Message(NamedTuple):
    """An event, and its envelope as JSON."""

    event: Event
    body: str


def batches(
    events: Iterable[Event], source: str, *, messages: int, bytes: int, overhead: int = 0
) -> list[list[Message]]:
    """The messages of `events`, at most so many, and so many bytes of them with `overhead` each, at once.

    Those of one aggregate are in their order, and no two of them in one batch: a bus may take some of a batch and refuse
    others, and if these are sent again before the next batch is, that order is kept. Each message is in the first batch
    that has room for it, so that the second events of several writes share one. A message that is too large by itself is alone.
    """
    batches: list[list[Message]] = []
    sizes: list[int] = []
    next_of: dict[str, int] = {}
    for event in events:
        message = Message(event, cloud_event_json(event, source))
        size = len(message.body.encode()) + overhead
        place = next_of.get(event.aggregate_id, 0)
        while place < len(batches) and (len(batches[place]) == messages or sizes[place] + size > bytes):
            place += 1
        if place == len(batches):
            batches.append([])
            sizes.append(0)
        batches[place].append(message)
        sizes[place] += size
        next_of[event.aggregate_id] = place + 1
    return batches
