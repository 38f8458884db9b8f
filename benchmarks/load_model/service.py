"""A service as the model sees it: what it is asked to do, what you can turn, and how long things take."""

from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any
from typing import Self

from benchmarks.load_model import limits
from deploy.kernel.sam import TEMPLATE
from deploy.kernel.sam import Template

_PARAMETERS = Template.read(Path(__file__).parents[2] / TEMPLATE).parameters

GETS_PER_WRITE = 4
PAGES_PER_WRITE = 0.1


def told(default: Any, meaning: str) -> Any:
    """A field with its default, and with the meaning that `--help` shows."""
    return field(default=default, metadata={"help": meaning})


def set_by(parameter: str) -> Any:
    """A field whose default is that of a parameter of template.yaml."""
    return told(int(_PARAMETERS[parameter]["Default"]), f"{parameter} of template.yaml")


def _require(rule: str, *, holds: bool) -> None:
    if not holds:
        raise ValueError(rule)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What the service is asked to do. The units follow from it by docs/dynamodb.md, "Costs"."""

    writes: float = told(1000, "writes a second")
    gets: float = told(4000, "reads of one entity a second, eventually consistent")
    pages: float = told(100, "pages of a listing a second")
    items: float = told(1e8, "items in the table")
    item_bytes: int = told(1000, "bytes of an item, its events included")
    page_size: int = told(50, "entities on a page")
    entry_bytes: int = told(100, "bytes of an entry in an index")
    adds: float = told(0.2, "share of the writes that add an entity: one write unit in the listing")
    renames: float = told(0.1, "share of the writes that move an entity in the listing: two write units there")
    events: float = told(1, "events of a write")
    consumed: float = told(0, "share of the events that a consumer of this service handles")
    hot_share: float = told(0.001, "share of the writes and of the reads that are for one and the same entity")
    increasing: bool = told(False, "new entries stand at the end of the listing, like times")

    def __post_init__(self) -> None:
        shares = (self.adds + self.renames, self.hot_share, self.consumed)
        _require("adds and renames together, hot_share and consumed are shares of 1", holds=max(shares) <= 1)
        _require("writes must be more than 0", holds=self.writes > 0)

    @classmethod
    def of(cls, writes: float, items: float) -> Self:
        """One with 4 gets and a tenth of a page for each write."""
        return cls(writes=writes, gets=writes * GETS_PER_WRITE, pages=writes * PAGES_PER_WRITE, items=items)

    def times(self, factor: float) -> Self:
        """The same work on the same items, so many times a second."""
        return replace(self, writes=self.writes * factor, gets=self.gets * factor, pages=self.pages * factor)

    @property
    def requests(self) -> float:
        """All requests to the API, per second."""
        return self.writes + self.gets + self.pages

    @property
    def units_per_write(self) -> int:
        return ceil(self.item_bytes / limits.WRITE_UNIT.number)

    @property
    def units_per_get(self) -> float:
        return 0.5 * ceil(self.item_bytes / limits.READ_UNIT.number)

    @property
    def index_units_per_write(self) -> float:
        """On average: an add is one entry, a rename takes one away and puts another."""
        return self.adds + 2 * self.renames

    @property
    def handled(self) -> float:
        """The events that a consumer handles, per second."""
        return self.writes * self.events * self.consumed

    @property
    def write_units(self) -> float:
        """Of the table, per second. A consumer stores the event's id and its own change in one transaction, twice as dear."""
        return self.writes * self.units_per_write + self.handled * 4

    @property
    def read_units(self) -> float:
        """Of the table, per second. Each save first reads its entity consistently, which costs twice as much as a get."""
        changes = self.writes * (1 - self.adds) * 2 * self.units_per_get
        return self.gets * self.units_per_get + self.pages * self.page_size * self.units_per_get + changes

    @property
    def records(self) -> float:
        """Of the stream, per second."""
        return self.writes + self.handled * 2

    @property
    def bytes_stored(self) -> float:
        return self.items * self.item_bytes


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What you can turn: settings, parameters of template.yaml, and quotas of the account."""

    requests_per_second: int = set_by("RequestsPerSecond")
    burst_requests: int = set_by("BurstRequests")
    max_read_units: int = set_by("MaxReadUnits")
    max_write_units: int = set_by("MaxWriteUnits")
    listing_shards: int = told(1, "the setting DYNAMODB_LISTING_SHARDS")
    parallelization: int = told(1, "ParallelizationFactor of RelayMapping in template.yaml, 1 to 10")
    batch: int = told(100, "BatchSize of RelayMapping in template.yaml")
    table_quota: int = told(int(limits.TABLE.number), "quota of the units of a table, read and write each")
    gateway_quota: int = told(int(limits.GATEWAY.number), "quota of API Gateway, requests a second")
    lambda_quota: int = told(int(limits.CONCURRENCY.number), "quota of Lambda, invocations at once")
    put_events_quota: int = told(int(limits.PUT_EVENTS.number), "quota of PutEvents in the Region, requests a second")
    targets_quota: int = told(
        int(limits.TARGETS.number), "quota of EventBridge in the Region, calls of targets a second"
    )

    def __post_init__(self) -> None:
        most = int(limits.FACTOR.number)
        _require(f"parallelization must be {most} or less", holds=self.parallelization <= most)


@dataclass(frozen=True, kw_only=True)
class Times:
    """How long things take, in milliseconds. All are guesses: nobody measured them on AWS."""

    request_ms: float = told(25, "a request in the function of the API")
    store_ms: float = told(10, "a request to DynamoDB, as the function sees it")
    put_ms: float = told(30, "a PutEvents request")
    relay_ms: float = told(20, "an invocation of the relay, without its requests")
    consumer_ms: float = told(50, "an event in the function of the consumers")

    def __post_init__(self) -> None:
        _require("times must be more than 0", holds=min(self.__dict__.values()) > 0)


@dataclass(frozen=True)
class Service:
    """All that the model knows of a service."""

    load: Load = field(default_factory=Load)
    stack: Stack = field(default_factory=Stack)
    times: Times = field(default_factory=Times)

    @property
    def partitions(self) -> int:
        """Of the table: as many as its size needs, and as twice its write units need.

        DynamoDB serves twice the last peak at once, so a table that has run for a while has partitions for that.
        """
        by_size = ceil(self.load.bytes_stored / limits.PARTITION_SIZE.number)
        by_writes = ceil(2 * self.load.write_units / limits.PARTITION_WRITES.number)
        return max(by_size, by_writes, int(limits.NEW_WRITES.number / limits.PARTITION_WRITES.number))
