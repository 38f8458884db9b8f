"""Carrying the stream of a table without Lambda: for local and small use.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

import logging
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.repository import Repository
from infrastructure.kernel.dynamodb.streams.checkpoints import CHECKPOINT
from infrastructure.kernel.dynamodb.streams.checkpoints import Checkpoint
from infrastructure.kernel.dynamodb.streams.checkpoints import Position
from infrastructure.kernel.dynamodb.streams.checkpoints import is_of_checkpoint
from infrastructure.kernel.dynamodb.streams.records import KEPT
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.dynamodb.streams.records import warn_if_late
from infrastructure.kernel.dynamodb.streams.stream import Expired
from infrastructure.kernel.dynamodb.streams.stream import Stream
from infrastructure.kernel.dynamodb.streams.stream import Trimmed
from infrastructure.kernel.events.relay import Relay

logger = logging.getLogger(__name__)

REFRESHED = timedelta(hours=1)
"""How old a checkpoint becomes while nothing is written. One older than what the stream keeps is of no use."""
LISTED = timedelta(seconds=10)
"""How old the list of shards becomes. DescribeStream may be called ten times a second."""


class StreamPoller:
    """Has the records of the table's stream carried, shard after shard, from where the checkpoint says.

    It can be killed at any time: the next one goes on from the checkpoint, and carries at most 100 records of each
    shard again. One poller is enough; a second one repeats what the first one carries, and does no other harm.
    """

    def __init__(
        self,
        open_stream: Callable[[], Stream],
        checkpoints: Repository[Checkpoint],
        relay: Relay,
        now: Callable[[], datetime],
        checkpoint: str = CHECKPOINT,
    ) -> None:
        """`checkpoint` is the id of the one to go on from."""
        self._id = checkpoint
        self._open_stream = open_stream
        self._checkpoints = checkpoints
        self._relay = relay
        self._now = now
        self._walk: Walk | None = None

    def poll(self) -> bool:
        """Has carried what there is to read, once around the shards; says whether it was anything.

        Raises:
            Unavailable: DynamoDB does not answer. The next call begins at the checkpoint.
            Misconfigured: there is no such table, it has no stream, or a permission is missing.
        """
        walk, self._walk = self._walk, None
        try:
            walk = walk or self._begin()
            found = walk.step()
        except (AlreadyExists, Conflict, NotFound) as exc:
            logger.warning("another relay is at work on this table, or was just now: %s", exc)
            return False
        if not walk.is_at_end:
            self._walk = walk
        return found

    def _begin(self) -> "Walk":
        stream = self._open_stream()
        try:
            checkpoint = self._checkpoints.get(self._id, consistent=True)
        except NotFound:
            checkpoint = Checkpoint(id=self._id, stream=stream.arn, saved_at=self._now())
        if checkpoint.stream != stream.arn:
            logger.error(
                "events may be lost: the checkpoint of %s is of %s, another stream; this one is carried from its begin",
                checkpoint.saved_at,
                checkpoint.stream,
            )
            checkpoint = self._checkpoints.save(
                checkpoint.evolve(stream=stream.arn, positions=(), saved_at=self._now())
            )
        return Walk(stream, checkpoint, self._checkpoints, self._relay, self._now)


@dataclass
class ShardPlace:
    """Where a shard is being read."""

    parent: str | None
    position: Position
    iterator: str | None = None


class Walk:
    """A way through the shards of a stream: each when all of its parent has been carried, which keeps the order."""

    def __init__(
        self,
        stream: Stream,
        checkpoint: Checkpoint,
        checkpoints: Repository[Checkpoint],
        relay: Relay,
        now: Callable[[], datetime],
    ) -> None:
        self._stream = stream
        self._checkpoint = checkpoint
        self._checkpoints = checkpoints
        self._relay = relay
        self._now = now
        self._places: dict[str, ShardPlace] = {}
        self._listed_at: datetime | None = None

    @property
    def is_at_end(self) -> bool:
        """Whether all shards are closed and carried, as when the table has another stream by now."""
        return bool(self._places) and all(place.position.is_at_end for place in self._places.values())

    def step(self) -> bool:
        """Once around the shards; whether there was anything to carry.

        Raises:
            AlreadyExists, Conflict, NotFound: another relay has saved the checkpoint.
        """
        if self._listed_at is None or self._now() - self._listed_at >= LISTED:
            self._list()
        found = [self._carry(shard, place) for shard, place in self._places.items() if self._is_next(place)]
        if self._now() - self._checkpoint.saved_at >= REFRESHED:
            self._save()
        return any(found)

    def _list(self) -> None:
        saved = {position.shard: position for position in self._checkpoint.positions}
        listed: dict[str, ShardPlace] = {}
        for id, parent in self._stream.shards():
            listed[id] = self._places.get(id) or ShardPlace(parent, saved.get(id) or Position(shard=id))
        self._places, self._listed_at = listed, self._now()
        lost = [position for id, position in saved.items() if id not in listed and not position.is_at_end]
        for position in lost:
            self._tell_of_gap(position)
        if lost:
            self._save()

    def _is_next(self, place: ShardPlace) -> bool:
        parent = self._places.get(place.parent or "")
        return not place.position.is_at_end and (parent is None or parent.position.is_at_end)

    def _carry(self, shard: str, place: ShardPlace) -> bool:
        """Has the next records of a shard carried; whether there were any, and the bus took them."""
        try:
            place.iterator = place.iterator or self._stream.iterator(place.position)
            records, following = self._stream.read(place.iterator)
        except Expired:
            place.iterator = None
            return False
        except Trimmed:
            self._tell_of_gap(place.position)
            told = tuple(position for position in self._checkpoint.positions if position.shard != shard)
            self._checkpoint = self._checkpoint.evolve(positions=told)
            place.iterator, place.position, self._listed_at = None, Position(shard=shard), None
            return False
        warn_if_late(records, self._now())
        before, done = place.position, self._relay.carry(records)
        is_all = done == len(records)
        place.position = _position(records, done, before)
        place.iterator = following if is_all else None
        if is_all and following is None:
            place.position, self._listed_at = place.position.evolve(is_at_end=True), None
        # To save a checkpoint is a write, and so is itself on the stream: that one is not worth another.
        if place.position != before and (place.position.is_at_end or not all(map(is_of_checkpoint, records))):
            self._save()
        return bool(records) and is_all

    def _save(self) -> None:
        positions = tuple(place.position for place in self._places.values())
        checkpoint = self._checkpoint.evolve(positions=positions, saved_at=self._now())
        write = self._checkpoints.save if checkpoint.version else self._checkpoints.add
        self._checkpoint = write(checkpoint)

    def _tell_of_gap(self, position: Position) -> None:
        logger.error(
            "events may be lost: the stream keeps %s, and shard %s no longer has %s, where the checkpoint of %s is",
            KEPT,
            position.shard,
            position.sequence_number,
            self._checkpoint.saved_at,
        )


def _position(records: Sequence[StreamRecord], done: int, before: Position) -> Position:
    """Where to go on when the first `done` of `records` were carried. A record without a sequence number marks no place."""
    if next_number := "".join(record.sequence_number for record in records[done : done + 1]):
        return Position(shard=before.shard, sequence_number=next_number, is_done=False)
    carried = [record.sequence_number for record in records[:done] if record.sequence_number]
    return Position(shard=before.shard, sequence_number=carried[-1]) if carried else before
