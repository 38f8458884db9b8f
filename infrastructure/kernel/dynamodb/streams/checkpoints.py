"""How far the relay has come in the streams of all tables, kept in the one table for everything."""

from datetime import datetime
from hashlib import sha256

from domain.kernel.entity import Entity
from domain.kernel.value import Value
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.streams.records import StreamRecord


class Position(Value):
    """A place in a shard."""

    shard: str
    sequence_number: str | None = None
    """Of the record that was looked at last; None before the first."""
    is_done: bool = True
    """Whether that record was carried. If not, it is the next one to carry."""
    is_at_end: bool = False
    """Whether the shard is closed, and all of it was carried."""


class Checkpoint(Entity):
    """A place in a stream."""

    stream: str
    positions: tuple[Position, ...] = ()
    saved_at: datetime


TYPE_NAME = "_CHECKPOINT"


CHECKPOINT = "relay"
"""The id of the checkpoint for the table in which everything is kept."""


def checkpoint_of(table: str) -> str:
    """The id of the checkpoint for a table of single aggregates, whose name no id may be."""
    return f"{CHECKPOINT}-{sha256(table.encode()).hexdigest()[:32]}"


def is_of_checkpoint(record: StreamRecord) -> bool:
    """Whether a record tells of a checkpoint."""
    return str(record.key.get(PK, {}).get("S")).startswith(f"{TYPE_NAME}#")


class DynamoDBCheckpointRepository(DynamoDBRepository[Checkpoint]):
    """Stores checkpoints in DynamoDB."""

    kind = Checkpoint
    type_name = TYPE_NAME
