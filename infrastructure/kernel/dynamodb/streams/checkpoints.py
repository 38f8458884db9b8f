"""How far the relay has come, kept in the table it reads the stream of."""

from datetime import datetime

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


def is_of_checkpoint(record: StreamRecord) -> bool:
    """Whether a record tells of a checkpoint."""
    return str(record.key.get(PK, {}).get("S")).startswith(f"{TYPE_NAME}#")


class DynamoDBCheckpointRepository(DynamoDBRepository[Checkpoint]):
    """Stores checkpoints in DynamoDB."""

    kind = Checkpoint
    type_name = TYPE_NAME
