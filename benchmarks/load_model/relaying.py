"""What a batch of the relay costs: the model of `infrastructure/kernel/events/relay.py` and `eventbridge.py`."""

from math import ceil

from benchmarks.load_model import limits
from benchmarks.load_model.service import Service

AT_ONCE = int(limits.ENTRIES.number)


def requests(records: int, events: float) -> int:
    """How many PutEvents requests publish the events of so many records, each with so many events.

    Ten records at a time, and never two events of one aggregate in one request: the second events of all go together.
    """
    full, left = divmod(records, AT_ONCE)
    return full * _requests_at_once(AT_ONCE, events) + _requests_at_once(left, events)


def _requests_at_once(records: int, events: float) -> int:
    if not records or not events:
        return 0
    return max(ceil(records * events / AT_ONCE), ceil(events))


def seconds(service: Service, records: int) -> float:
    """How long an invocation takes for so many records: its requests follow one another."""
    times = service.times
    return (requests(records, service.load.events) * times.put_ms + times.relay_ms) / 1000


def lanes(service: Service) -> int:
    """How many batches are published at once: the stream has a shard for each partition of the table."""
    return service.partitions * service.stack.parallelization


def capacity(service: Service) -> float:
    """How many records a second a lane can publish, when its batches are full."""
    return service.stack.batch / seconds(service, service.stack.batch)


def usual_batch(service: Service) -> int:
    """How many records a batch has while the relay keeps up: what came since the last poll."""
    each = service.load.records / lanes(service)
    if each >= capacity(service):
        return service.stack.batch
    waited = max(1 / limits.POLLS.number, seconds(service, 1))
    return min(service.stack.batch, max(1, round(each * waited)))
