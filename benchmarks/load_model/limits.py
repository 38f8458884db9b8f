"""The limits of AWS that the model knows, each with the page that tells it."""

from typing import NamedTuple

_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"
_EVENTBRIDGE = "https://docs.aws.amazon.com/eventbridge/latest"

KB = 1024
GB = 1024**3
HOUR = 3600


class Limit(NamedTuple):
    """A number, what it counts, and the page of AWS that tells it."""

    number: float
    unit: str
    source: str


ITEM = Limit(400 * KB, "bytes in an item", f"{_DYNAMODB}/Constraints.html")
WRITE_UNIT = Limit(KB, "bytes per write unit", f"{_DYNAMODB}/read-write-operations.html")
READ_UNIT = Limit(4 * KB, "bytes per read unit", f"{_DYNAMODB}/read-write-operations.html")
PARTITION_WRITES = Limit(1000, "write units a second in a partition", f"{_DYNAMODB}/bp-partition-key-design.html")
PARTITION_READS = Limit(3000, "read units a second in a partition", f"{_DYNAMODB}/bp-partition-key-design.html")
PARTITION_SIZE = Limit(
    10 * GB,
    "bytes in a partition, about",
    "https://aws.amazon.com/blogs/database/"
    "part-3-scaling-dynamodb-how-partitions-hot-keys-and-split-for-heat-impact-performance/",
)
NEW_WRITES = Limit(4000, "write units a second of a new table", f"{_DYNAMODB}/on-demand-capacity-mode.html")
NEW_READS = Limit(12_000, "read units a second of a new table", f"{_DYNAMODB}/on-demand-capacity-mode.html")
DOUBLING = Limit(1800, "seconds until twice the last peak is there", f"{_DYNAMODB}/on-demand-capacity-mode.html")
TABLE = Limit(40_000, "units a second of a table, or of an index", f"{_DYNAMODB}/ServiceQuotas.html")
STREAM = Limit(24 * HOUR, "seconds that the stream keeps a record", f"{_DYNAMODB}/Streams.html")
GATEWAY = Limit(10_000, "requests a second", "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html")
CONCURRENCY = Limit(1000, "invocations at once", f"{_LAMBDA}/gettingstarted-limits.html")
INVOCATIONS = Limit(10, "invocations a second for each of those at once", f"{_LAMBDA}/lambda-concurrency.html")
RAMP = Limit(100, "more at once each second, 1,000 to begin with", f"{_LAMBDA}/scaling-behavior.html")
POLLS = Limit(4, "polls of a shard a second", f"{_LAMBDA}/with-ddb.html")
FACTOR = Limit(10, "batches of a shard at once, at most", f"{_LAMBDA}/with-ddb.html")
ENTRIES = Limit(10, "events in a PutEvents request", f"{_EVENTBRIDGE}/APIReference/API_PutEvents.html")
PUT_EVENTS = Limit(10_000, "PutEvents requests a second", f"{_EVENTBRIDGE}/userguide/eb-quota.html")
TARGETS = Limit(18_750, "calls of targets a second", f"{_EVENTBRIDGE}/userguide/eb-quota.html")
