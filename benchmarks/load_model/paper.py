"""Every ceiling as arithmetic: what is asked for, what there is, and what to turn."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from math import floor
from math import log2
from math import log10
from typing import NamedTuple

from benchmarks.load_model import limits
from benchmarks.load_model import relaying
from benchmarks.load_model.limits import Limit
from benchmarks.load_model.service import Service
from benchmarks.load_model.service import Stack

HEADROOM = 2
"""What is turned is set to so many times what is asked for."""
ABOVE = 1.2
"""DynamoDB takes MaxReadUnits and MaxWriteUnits only if they are below the quota of a table."""
FULL = 0.8
"""Of what is used by more than this, more is to be had."""
TEMPLATE = "template.yaml"


class Ceiling(NamedTuple):
    """What is asked for and what there is, in one unit. `turn` is a number of the stack, or advice if none helps."""

    name: str
    demand: float
    limit: float
    unit: str
    source: str
    turn: str
    to: int | None = None
    label: str = ""

    @property
    def use(self) -> float:
        """How much of it is used; above 1 is more than there is."""
        return self.demand / self.limit

    @property
    def advice(self) -> str:
        """What to turn, with the number to set."""
        return self.turn if self.to is None else f"{self.label} = {self.to:,}"


def ceilings(service: Service) -> list[Ceiling]:
    """All of them, the most used first."""
    found = [*_of_items(service), *_of_listing(service), *_of_table(service), *_of_api(service), *_of_events(service)]
    return sorted(found, key=lambda each: each.use, reverse=True)


def turned(service: Service, ceiling: Ceiling) -> Service:
    """The service after its owner has turned what `ceiling` says; the same, if no number of the stack helps."""
    if ceiling.to is None:
        return service
    return replace(service, stack=replace(service.stack, **{ceiling.turn: ceiling.to}))


def steps(service: Service) -> tuple[list[Ceiling], Service]:
    """What is to be turned for this load, one after the other, the most used first; and the service after that.

    Ceilings that no number of the stack raises come last.
    """
    taken: list[Ceiling] = []
    while full := [each for each in ceilings(service) if each.use > FULL]:
        first = next((each for each in full if each.to and each.to > getattr(service.stack, each.turn)), None)
        if first is None:
            return taken + full, service
        taken.append(first)
        service = turned(service, first)
    return taken, service


def carries(service: Service) -> float:
    """How many writes a second the service takes as it stands, with the same mix of work and as many items."""
    low, high = 0.0, 2.0**20
    for _ in range(60):
        factor = (low + high) / 2
        fits = ceilings(replace(service, load=service.load.times(factor)))[0].use <= 1
        low, high = (factor, high) if fits else (low, factor)
    return service.load.writes * low


def minutes_to_warm_up(units: float) -> float:
    """After how many minutes of this load a new table takes all of it: it doubles every 30 minutes."""
    doublings = max(0, ceil(log2(units / limits.NEW_WRITES.number)))
    return doublings * limits.DOUBLING.number / 60


def _of_items(service: Service) -> Iterator[Ceiling]:
    load = service.load
    writes = load.writes * load.hot_share
    reads = load.gets * load.hot_share * load.units_per_get + writes * 2 * load.units_per_get
    saves = 1000 / (2 * service.times.store_ms)
    split, cache = "a smaller aggregate", "a cache in front of the API"
    yield _fixed("item: size", load.item_bytes, limits.ITEM, "bytes", "children as separate items")
    yield Ceiling("item: saves of one entity", writes, saves, "saves/s", "optimistic locking", split)
    yield _fixed("partition: writes of one item", writes * load.units_per_write, limits.PARTITION_WRITES, "WU/s", split)
    yield _fixed("partition: reads of one item", reads, limits.PARTITION_READS, "RU/s", cache)


def _of_listing(service: Service) -> Iterator[Ceiling]:
    load, stack, most = service.load, service.stack, limits.PARTITION_WRITES
    units = load.writes * load.index_units_per_write
    yield Ceiling(
        "index partition: writes",
        units / stack.listing_shards,
        most.number,
        "WU/s",
        most.source,
        "listing_shards",
        ceil(HEADROOM * units / most.number),
        "`DYNAMODB_LISTING_SHARDS`",
    )
    read = (ceil(load.page_size / stack.listing_shards) + 2) * load.entry_bytes
    units = load.pages * 0.5 * ceil(read / limits.READ_UNIT.number)
    yield _fixed("index partition: reads", units, limits.PARTITION_READS, "RU/s", "a cache of the first page")


def _of_table(service: Service) -> Iterator[Ceiling]:
    load, stack = service.load, service.stack
    writes, reads = load.write_units, load.read_units
    most = max(writes, reads, load.writes * load.index_units_per_write)
    yield _turnable(stack, "table: writes", writes, "WU/s", "max_write_units", "`MaxWriteUnits`")
    yield _turnable(stack, "table: reads", reads, "RU/s", "max_read_units", "`MaxReadUnits`")
    quota = _turnable(
        stack, "account: table", most, "units/s", "table_quota", "quota of a table (units/s)", limits.TABLE
    )
    yield quota._replace(to=rounded_up(ABOVE * HEADROOM * most))


def _of_api(service: Service) -> Iterator[Ceiling]:
    requests, stack = service.load.requests, service.stack
    yield _turnable(stack, "API: requests", requests, "requests/s", "requests_per_second", "`RequestsPerSecond`")
    yield _turnable(
        stack,
        "account: API Gateway",
        requests,
        "requests/s",
        "gateway_quota",
        "quota of API Gateway (requests/s)",
        limits.GATEWAY,
    )
    at_once, invocations = invocations_at_once(service), invocations_per_second(service)
    each = limits.INVOCATIONS
    label = "quota of Lambda (at once)"
    yield _turnable(stack, "account: Lambda at once", at_once, "at once", "lambda_quota", label, limits.CONCURRENCY)
    yield Ceiling(
        "account: Lambda per second",
        invocations,
        stack.lambda_quota * each.number,
        "invocations/s",
        each.source,
        "lambda_quota",
        rounded_up(HEADROOM * invocations / each.number),
        label,
    )


def _of_events(service: Service) -> Iterator[Ceiling]:
    load, stack = service.load, service.stack
    each, most = load.records / relaying.lanes(service), relaying.capacity(service)
    factor = min(ceil(HEADROOM * each * stack.parallelization / most), int(limits.FACTOR.number))
    name, unit, source = "relay: records of a shard", "records/s", limits.FACTOR.source
    if factor > stack.parallelization:
        yield Ceiling(name, each, most, unit, source, "parallelization", factor, "`ParallelizationFactor`")
    else:
        yield Ceiling(name, each, most, unit, source, "fewer events of a write")
    hot = load.writes * load.hot_share * load.events
    one_by_one = 1000 / (service.times.put_ms + service.times.relay_ms / stack.batch)
    yield Ceiling("relay: events of one entity", hot, one_by_one, "events/s", "docs/events.md", "a smaller aggregate")
    batch = relaying.usual_batch(service)
    puts = load.records / batch * relaying.requests(batch, load.events)
    label = "quota of PutEvents (requests/s)"
    yield _turnable(stack, "account: PutEvents", puts, "requests/s", "put_events_quota", label, limits.PUT_EVENTS)
    label = "quota of EventBridge (calls of targets/s)"
    yield _turnable(stack, "account: targets", load.handled, "calls/s", "targets_quota", label, limits.TARGETS)


def invocations_at_once(service: Service) -> float:
    """Of all functions of the service: what comes in, times how long each takes."""
    load, times = service.load, service.times
    api = load.requests * times.request_ms / 1000
    return api + _relaying(service) + load.handled * times.consumer_ms / 1000


def invocations_per_second(service: Service) -> float:
    """Of all functions of the service."""
    load = service.load
    return load.requests + load.records / relaying.usual_batch(service) + load.handled


def _relaying(service: Service) -> float:
    batch = relaying.usual_batch(service)
    busy = service.load.records / batch * relaying.seconds(service, batch)
    return min(relaying.lanes(service), busy)


def _fixed(name: str, demand: float, limit: Limit, unit: str, advice: str) -> Ceiling:
    return Ceiling(name, demand, limit.number, unit, limit.source, advice)


def _turnable(
    stack: Stack, name: str, demand: float, unit: str, turn: str, label: str, limit: Limit | None = None
) -> Ceiling:
    to = rounded_up(HEADROOM * demand)
    return Ceiling(name, demand, getattr(stack, turn), unit, limit.source if limit else TEMPLATE, turn, to, label)


def rounded_up(number: float) -> int:
    """To two digits, never down."""
    if number <= 10:
        return max(1, ceil(number))
    unit = int(10 ** (floor(log10(number)) - 1))
    return ceil(number / unit) * unit
