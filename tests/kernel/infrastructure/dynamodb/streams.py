"""The Streams API of one table, played in memory: shards are split, closed and trimmed, iterators expire, calls fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from domain.kernel.events import Event
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import encode

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/things/stream/2026-01-31T12:30:00.000"
SHARDS_AT_ONCE = 2
"""How many shards an answer tells of."""
WRITTEN = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


def a_key(id: str, type_name: str = "CRATE") -> Item:
    """The key of the item of an aggregate."""
    return {"pk": {"S": f"{type_name}#{id}"}, "sk": {"S": "#"}}


def an_image(id: str, *told: Event, **attributes: Any) -> Item:
    """An item as a record shows it, with those events."""
    events = {"_events": encode(told)} if told else {}
    return {**a_key(id), **events, **attributes}


def a_record(name: str, *, number: str = "7", at: datetime = WRITTEN, **change: Any) -> dict[str, Any]:
    """A record as GetRecords answers it; an image that is None is missing."""
    images = {image: change.pop(image, None) for image in ("OldImage", "NewImage")}
    whole = {
        "Keys": a_key("one"),
        "SequenceNumber": number,
        "ApproximateCreationDateTime": at,
        "SizeBytes": 26,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        **{image: item for image, item in images.items() if item is not None},
        **change,
    }
    return {
        "eventID": number,
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "dynamodb": whole,
    }


def telling(*events: Event, at: datetime = WRITTEN) -> dict[str, Any]:
    """The record of the write that made an aggregate, with its events."""
    id = events[0].aggregate_id
    return a_record("INSERT", at=at, Keys=a_key(id), NewImage=an_image(id, *events))


def number_of(record: Any) -> str | None:
    """The sequence number of a record, if it is one."""
    try:
        return str(record["dynamodb"]["SequenceNumber"])
    except (KeyError, TypeError):
        return None


@dataclass
class FakeShard:
    parent: str | None
    records: list[Any] = field(default_factory=list)
    trimmed: int = 0
    """How many of the records, from the first on, the stream no longer has."""
    is_closed: bool = False


class FakeStreams:
    """Stands in for boto3's client. Whatever is asked of it stands in `calls`, with the shard if it is about one."""

    def __init__(self, *shards: str, records_at_once: int = 1000) -> None:
        """
        Args:
            records_at_once: an answer has no more than 1 MB, and so may have less than is asked for.
        """
        self.arn = ARN
        self.shards: dict[str, FakeShard] = {}
        self.calls: list[tuple[str, str | None]] = []
        self.failures: list[Exception | None] = []
        """What the next calls raise, one each, if anything."""
        self._records_at_once = records_at_once
        self._sequence = count(1)
        self._generation = 0
        for shard in shards:
            self.open(shard)

    def open(self, shard: str, parent: str | None = None) -> None:
        """Begins a shard."""
        self.shards[shard] = FakeShard(parent)

    def split(self, shard: str, *children: str) -> None:
        """Closes a shard, which goes on in `children`."""
        self.shards[shard].is_closed = True
        for child in children:
            self.open(child, shard)

    def write(self, shard: str, *records: Mapping[str, Any]) -> None:
        """Puts records at the end of a shard."""
        for record in records:
            assert not self.shards[shard].is_closed
            number = f"{next(self._sequence):021d}"
            change = {**record["dynamodb"], "SequenceNumber": number}
            self.shards[shard].records.append({**record, "eventID": number, "dynamodb": change})

    def put(self, shard: str, record: Any) -> None:
        """Puts something at the end of a shard as it is, which may be no record."""
        self.shards[shard].records.append(record)

    def tell(self, shard: str, *events: Event) -> None:
        """Puts a record for each event at the end of a shard."""
        self.write(shard, *map(telling, events))

    def trim(self, shard: str, records: int) -> None:
        """Leaves out the oldest records of a shard."""
        self.shards[shard].trimmed += records

    def expire(self) -> None:
        """Makes all iterators too old."""
        self._generation += 1

    def describe_stream(self, **request: Any) -> dict[str, Any]:
        self._called("describe_stream")
        ids = list(self.shards)
        start = ids.index(request["ExclusiveStartShardId"]) + 1 if "ExclusiveStartShardId" in request else 0
        page = ids[start : start + SHARDS_AT_ONCE]
        shards = [{"ShardId": id, **self._parent(id)} for id in page]
        last = {"LastEvaluatedShardId": page[-1]} if ids[-1:] != page[-1:] else {}
        return {"StreamDescription": {"StreamArn": request["StreamArn"], "Shards": shards, **last}}

    def get_shard_iterator(self, **request: Any) -> dict[str, Any]:
        id = request["ShardId"]
        self._called("get_shard_iterator", id)
        shard = self._existing(id)
        start = shard.trimmed
        if request["ShardIteratorType"] != "TRIM_HORIZON":
            numbers = [number_of(record) for record in shard.records]
            found = numbers.index(request["SequenceNumber"])
            _require_kept(shard, found)
            start = found + (request["ShardIteratorType"] == "AFTER_SEQUENCE_NUMBER")
        return {"ShardIterator": self._iterator(id, start)}

    def get_records(self, **request: Any) -> dict[str, Any]:
        generation, id, place = request["ShardIterator"].split("/")
        self._called("get_records", id)
        if int(generation) != self._generation:
            raise refusal("ExpiredIteratorException")
        shard, start = self._existing(id), int(place)
        _require_kept(shard, start)
        records = shard.records[start : start + min(request["Limit"], self._records_at_once)]
        end = start + len(records)
        is_all = shard.is_closed and end == len(shard.records)
        return {"Records": records, **({} if is_all else {"NextShardIterator": self._iterator(id, end)})}

    def _called(self, operation: str, shard: str | None = None) -> None:
        self.calls.append((operation, shard))
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure

    def _existing(self, id: str) -> FakeShard:
        if id not in self.shards:
            raise refusal("ResourceNotFoundException")
        return self.shards[id]

    def _parent(self, id: str) -> dict[str, str]:
        parent = self.shards[id].parent
        return {} if parent is None else {"ParentShardId": parent}

    def _iterator(self, id: str, place: int) -> str:
        return f"{self._generation}/{id}/{place}"


def _require_kept(shard: FakeShard, place: int) -> None:
    if place < shard.trimmed:
        raise refusal("TrimmedDataAccessException")


def refusal(code: str, status: int = 400) -> ClientError:
    """The error that boto3 raises for an answer of that code."""
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Any")  # type: ignore[typeddict-item]  # boto3 fills in the rest
