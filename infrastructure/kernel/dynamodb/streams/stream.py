"""The table's stream, as the Streams API shows it.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.administration import describe
from infrastructure.kernel.dynamodb.botocore.transport import answer_to
from infrastructure.kernel.dynamodb.errors import is_said
from infrastructure.kernel.dynamodb.errors import translated
from infrastructure.kernel.dynamodb.streams.checkpoints import Position
from infrastructure.kernel.dynamodb.streams.records import StreamRecord
from infrastructure.kernel.dynamodb.streams.records import stream_records
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.transport import TransportError

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

MAX_RECORDS = 100
"""How many records are read at once, and so how many are carried again at most after a kill."""


class Trimmed(Exception):
    """The stream no longer has what is asked for."""


class Expired(Exception):
    """The iterator is older than 15 minutes."""


class Shard(NamedTuple):
    """A part of the stream, which goes on where its parent ended."""

    id: str
    parent: str | None


class Chunk(NamedTuple):
    """What a shard had, and where to go on; nowhere, if the shard is closed."""

    records: list[StreamRecord]
    iterator: str | None


class Stream:
    """The stream that a table has now.

    All its methods raise Unavailable if DynamoDB does not answer, and Misconfigured if a permission is missing.
    """

    def __init__(self, client: "DynamoDBStreamsClient", table: Table) -> None:
        """
        Raises:
            Misconfigured: there is no such table, or it has no stream.
        """
        arn = describe(table).get("LatestStreamArn")
        if arn is None:
            raise Misconfigured(f"table {table.name} has no stream")
        self.arn: str = arn
        self._client = client
        self._table = table

    def shards(self) -> Iterable[Shard]:
        """All of its shards."""
        request: dict[str, Any] = {"StreamArn": self.arn}
        while True:
            description = self._call("describe_stream", **request)["StreamDescription"]
            for shard in description["Shards"]:
                yield Shard(shard["ShardId"], shard.get("ParentShardId"))
            if "LastEvaluatedShardId" not in description:
                return
            request["ExclusiveStartShardId"] = description["LastEvaluatedShardId"]

    def iterator(self, position: Position) -> str:
        """Where to read on from a position.

        Raises:
            Trimmed: what is there is older than 24 hours.
        """
        where: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if position.sequence_number is not None:
            kind = "AFTER_SEQUENCE_NUMBER" if position.is_done else "AT_SEQUENCE_NUMBER"
            where = {"ShardIteratorType": kind, "SequenceNumber": position.sequence_number}
        answer = self._call("get_shard_iterator", StreamArn=self.arn, ShardId=position.shard, **where)
        iterator: str = answer["ShardIterator"]
        return iterator

    def read(self, iterator: str) -> Chunk:
        """The next records, if there are any.

        Raises:
            Trimmed: what is there is older than 24 hours.
            Expired: the iterator is.
        """
        answer = self._call("get_records", ShardIterator=iterator, Limit=MAX_RECORDS)
        return Chunk(stream_records(answer["Records"]), answer.get("NextShardIterator"))

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return answer_to(getattr(self._client, operation), **request)
        except TransportError as exc:
            if is_said(exc, "ExpiredIteratorException"):
                raise Expired from exc
            is_gone = operation != "describe_stream" and is_said(exc, "ResourceNotFoundException")
            if is_gone or is_said(exc, "TrimmedDataAccessException"):
                raise Trimmed from exc
            if is_said(exc, "LimitExceededException"):
                raise Unavailable("DynamoDB throttled the reading of the stream") from exc
            error = translated(exc, table=self._table.name, maybe_applied=False)
            if error is None:
                raise
            raise error from exc
