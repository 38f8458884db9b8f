"""The service under load, second by second: what is throttled, and by what."""

from collections import Counter
from dataclasses import dataclass
from dataclasses import field

from benchmarks.load_model import limits
from benchmarks.load_model.buckets import Bucket
from benchmarks.load_model.chance import Chance
from benchmarks.load_model.partitions import Partitions
from benchmarks.load_model.partitions import even
from benchmarks.load_model.partitions import of_listing
from benchmarks.load_model.service import Service
from benchmarks.load_model.stream import Relay

WARM_UP = "table: warm-up"


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a simulation runs."""

    seconds: int = 600
    seed: int = 1
    is_new: bool = False
    """Whether the table is new, and takes 4,000 write units at first. Otherwise it has served this load before."""
    splits: bool = True
    """Whether partitions split that are hot for ten minutes."""
    bus_down: range = range(0)
    """The seconds in which the bus takes no event."""


@dataclass
class Outcome:
    """What became of the writes, and of their events."""

    asked: int = 0
    committed: int = 0
    throttled: Counter[str] = field(default_factory=Counter)
    units_asked: float = 0
    units_read: float = 0
    backlog: int = 0
    oldest: int = 0
    worst: int = 0
    """How old the oldest record became."""
    at_once: float = 0
    """How many functions ran at once, at most."""

    @property
    def reads_throttled(self) -> float:
        """The share of the read units that was throttled."""
        return 1 - self.units_read / max(1, self.units_asked)

    def share(self, cause: str | None = None) -> float:
        """The share of the writes that was throttled, in all or by one cause."""
        count = sum(self.throttled.values()) if cause is None else self.throttled[cause]
        return count / max(1, self.asked)


def simulated(service: Service, run: Run | None = None) -> Outcome:
    """What happens to `service`. A write that is throttled is lost: clients that try again add to the load."""
    return _Simulation(service, run or Run()).outcome()


class _Simulation:
    def __init__(self, service: Service, run: Run) -> None:
        load, stack = service.load, service.stack
        self._service, self._run = service, run
        self._chance = Chance(run.seed)
        self._gateway = Bucket(stack.requests_per_second, extra=stack.burst_requests)
        self._account = Bucket(stack.gateway_quota)
        self._functions = _Functions(service)
        self._table = _Throughput(stack.table_quota, run)
        self._most_writes = Bucket(stack.max_write_units)
        self._most_reads = Bucket(min(stack.max_read_units, stack.table_quota))
        count = int(limits.NEW_WRITES.number / limits.PARTITION_WRITES.number) if run.is_new else service.partitions
        self._partitions = Partitions(even(count, hot_share=load.hot_share), splits=run.splits)
        self._listing = Partitions(of_listing(stack.listing_shards, increasing=load.increasing), splits=run.splits)
        self._relay = Relay(service)
        self._told = Outcome()

    def outcome(self) -> Outcome:
        told, relay = self._told, self._relay
        for now in range(self._run.seconds):
            for bucket in (self._gateway, self._account, self._most_writes, self._most_reads):
                bucket.refill()
            writes, at_once = self._through_the_api()
            committed = self._committed(now, self._with_their_reads(writes))
            told.committed += sum(committed)
            relay.second(now, committed, is_bus_down=now in self._run.bus_down)
            told.at_once = max(told.at_once, at_once + relay.busy)
            told.worst = max(told.worst, relay.oldest(now))
        told.backlog, told.oldest = relay.backlog, relay.oldest(self._run.seconds)
        return told

    def _through_the_api(self) -> tuple[int, float]:
        """How many writes of a second reach the table's door, and how many functions run for all requests."""
        load, chance = self._service.load, self._chance
        writes = chance.arrivals(load.writes)
        requests: float = writes + chance.arrivals(load.gets + load.pages)
        self._told.asked += writes
        for cause, bucket in (("API: requests", self._gateway), ("account: API Gateway", self._account)):
            passed = bucket.take(requests)
            writes = self._without(cause, writes, passed / requests if requests else 1)
            requests = passed
        passed, cause = self._functions.taken(requests, self._relay)
        writes = self._without(cause, writes, passed / requests if requests else 1)
        return writes, passed * self._service.times.request_ms / 1000

    def _with_their_reads(self, writes: int) -> int:
        """Those whose entity could be read before. Gets and pages take their units from the same table."""
        load = self._service.load
        reading = self._chance.part(writes, 1 - load.adds)
        wanted = load.read_units * writes / load.writes
        taken = self._most_reads.take(wanted)
        share = taken / wanted if wanted else 1
        self._told.units_asked += wanted
        self._told.units_read += taken
        return writes - reading + self._without("table: reads", reading, share)

    def _committed(self, now: int, writes: int) -> list[int]:
        """How many writes each partition of the table took."""
        load, chance = self._service.load, self._chance
        touching = chance.part(writes, load.adds + load.renames)
        listed = sum(self._listing.admitted(touching, self._limit_of_listing(), chance))
        self._throttle("index partition: writes", touching - listed)
        units, writes = load.units_per_write, writes - touching + listed
        for cause, there in (("table: writes", self._most_writes), (self._table.cause, self._table.bucket)):
            writes = self._whole(cause, writes, there.take(writes * units) / units)
        taken = self._partitions.admitted(writes, int(limits.PARTITION_WRITES.number // units), chance)
        self._throttle("partition: writes of one item", writes - sum(taken))
        if self._table.second(now, sum(taken) * units):
            self._partitions.double()
        return taken

    def _limit_of_listing(self) -> int:
        """How many writes a partition of the listing takes, of those that touch it."""
        load = self._service.load
        touching = load.adds + load.renames
        return int(limits.PARTITION_WRITES.number * touching / load.index_units_per_write) if touching else 0

    def _without(self, cause: str, writes: int, share: float) -> int:
        return self._whole(cause, writes, self._chance.part(writes, share))

    def _whole(self, cause: str, writes: int, passed: float) -> int:
        self._throttle(cause, writes - int(passed))
        return int(passed)

    def _throttle(self, cause: str, count: int) -> None:
        if count:
            self._told.throttled[cause] += count


class _Functions:
    """Lambda: it makes 1,000 places at once, and 100 more each second, up to the quota. Cold starts take no time here."""

    def __init__(self, service: Service) -> None:
        self._quota = service.stack.lambda_quota
        self._seconds = service.times.request_ms / 1000
        self._places = 0.0
        self._ramp = Bucket(limits.RAMP.number, extra=9 * limits.RAMP.number)

    def taken(self, requests: float, relay: Relay) -> tuple[float, str]:
        """How many requests of a second find a place, and what holds back the others."""
        self._ramp.refill()
        there = max(0, self._quota - relay.busy)
        wanted = min(requests * self._seconds, there)
        self._places += self._ramp.take(max(0, wanted - self._places))
        by_place = min(self._places, there) / self._seconds
        by_rate = max(0, self._quota * limits.INVOCATIONS.number - relay.invoked)
        cause = "account: Lambda at once" if by_place < by_rate else "account: Lambda per second"
        return min(requests, by_place, by_rate), cause


class _Throughput:
    """What the table can take in all: its quota, or if it is new, twice the peak of the last 30 minutes."""

    def __init__(self, quota: float, run: Run) -> None:
        self._quota = quota
        self._peak = 0.0
        self.cause = WARM_UP if run.is_new else "account: table"
        self.bucket = Bucket(limits.NEW_WRITES.number if run.is_new else quota)

    def second(self, now: int, served: float) -> bool:
        """A second in which so many units were served; whether the table has grown."""
        self.bucket.refill()
        self._peak = max(self._peak, served)
        if self.cause != WARM_UP or (now + 1) % limits.DOUBLING.number:
            return False
        before, self.bucket.rate = self.bucket.rate, min(self._quota, max(self.bucket.rate, 2 * self._peak))
        self._peak = 0
        return self.bucket.rate > before
