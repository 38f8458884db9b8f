"""Sponsors in DynamoDB, on boto3 alone."""

import base64
import hashlib
import random
import time
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import datetime
from datetime import timedelta
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.exceptions import HTTPClientError
from ulid import ULID

from domain.kernel.change import Action
from domain.kernel.change import Change
from domain.kernel.change import as_put
from domain.kernel.entity import in_life
from domain.kernel.entity import life_of
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Query
from domain.kernel.listing import id_at
from domain.kernel.preconditions import require_id
from domain.kernel.preconditions import require_limit
from domain.kernel.preconditions import require_listing
from domain.kernel.repository import Page
from domain.sponsor import Sponsor
from domain.sponsor import SponsorRepository

Item = Mapping[str, Any]

ATTEMPTS = 8
MAX_READ = 1000
MAX_KEY_BYTES = 1024
TOMBSTONE_KEPT = timedelta(days=7)
LIST = {"S": "SPONSOR#0"}

_DENIED = {"AccessDeniedException", "ExpiredTokenException", "InvalidSignatureException", "UnrecognizedClientException"}
_THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}
_UNANSWERED = (HTTPClientError, NoConnectionError)
_serialize = TypeSerializer().serialize


class RawSponsorRepository(SponsorRepository):
    """Stores sponsors in DynamoDB."""

    def __init__(self, client: Any, table: str, now: Callable[[], datetime]) -> None:
        self._client = client
        self._table = table
        self._now = now

    # Writes

    def add(self, entity: Sponsor, *events: Event) -> Sponsor:
        change = Change.add(Sponsor, entity, events)
        condition = "attribute_not_exists(pk)"
        expected: dict[str, Any] = {}
        for _ in range(ATTEMPTS):
            item = {**_item(change.stored), **_written(change.events)}
            refused = self._write("put_item", change, item, Item=item, ConditionExpression=condition, **expected)
            if refused is None:
                return change.stored
            # A removal left its version here. Count on from it, unless somebody else has added an entity meanwhile.
            change = change.after(int(refused["_gone"]["N"]))
            condition = "attribute_exists(#gone) AND #write = :write"
            expected = _placeholders({":write": refused["_write"]}, condition)
        raise Unavailable(f"Sponsor {entity.id} is added and removed all the time")

    def save(self, entity: Sponsor, *events: Event) -> Sponsor:
        change = Change.save(Sponsor, entity, events)
        item = {**_attributes(change.stored), **_written(events)}
        update = "SET " + ", ".join(f"#{name.strip('_')} = :{name.strip('_')}" for name in item)
        update += "" if events else " REMOVE #events"
        condition, as_read = _as_read(entity)
        values = {f":{name.strip('_')}": value for name, value in item.items()} | as_read
        self._write(
            "update_item",
            change,
            item,
            Key=_key(entity.id),
            UpdateExpression=update,
            ConditionExpression=condition,
            **_placeholders(values, update, condition),
        )
        return change.stored

    def remove(self, entity: Sponsor, *events: Event) -> None:
        change = Change.remove(Sponsor, entity, events)
        until = int((self._now() + TOMBSTONE_KEPT).timestamp())
        item = {
            **_key(entity.id),
            **_life(entity),
            **_written(events),
            "_gone": {"N": str(entity.version + 1)},
            "_ttl": {"N": str(until)},
        }
        condition, as_read = _as_read(entity)
        self._write(
            "put_item", change, item, Item=item, ConditionExpression=condition, **_placeholders(as_read, condition)
        )

    def _write(self, operation: str, change: Change[Sponsor], item: Item, **request: Any) -> Item | None:
        """Makes a conditional write. Returns the tombstone that is in the way of an addition, if one is."""
        try:
            with self._translated(writes=True):
                getattr(self._client, operation)(
                    TableName=self._table, ReturnValuesOnConditionCheckFailure="ALL_OLD", **request
                )
        except self._client.exceptions.ConditionalCheckFailedException as exc:
            old: Item = exc.response.get("Item", {})
            is_addition = change.action is Action.ADD
            if old.get("_write") == item["_write"] or (is_addition and old.get("_life") == item["_life"]):
                return None  # an attempt whose answer was lost had made it
            was_repeated = exc.response["ResponseMetadata"]["RetryAttempts"] > 0
            if is_addition and "_gone" in old and not was_repeated:
                return old
            version, life = _version(old), old.get("_life", {}).get("S")
            if was_repeated and version != (change.stored.version if is_addition else change.entity.version + 1):
                raise Unavailable(f"{change.entity.id} was changed while no answer came", maybe_applied=True) from exc
            failure = change.obstacle(version, life)
            assert failure is not None, "the condition holds"
            raise failure.error from exc
        return None

    # Reads

    def get(self, id: str, *, consistent: bool = False) -> Sponsor:
        require_id(id)
        with self._translated():
            answer = self._client.get_item(TableName=self._table, Key=_key(id), ConsistentRead=consistent)
        sponsor = _sponsor(answer.get("Item", {}))
        if sponsor is None:
            raise NotFound("Sponsor", id)
        return sponsor

    def get_many(self, ids: Iterable[str]) -> list[Sponsor]:
        wanted = list(ids)
        found, unreadable = self._read(wanted)
        if unreadable:
            raise Unreadable.together(list(unreadable.values()))
        return [found[id] for id in wanted if id in found]

    def _read(self, ids: Iterable[str]) -> tuple[dict[str, Sponsor], dict[str, Unreadable]]:
        """The sponsors of these ids, and the errors of those that cannot be read."""
        found: dict[str, Sponsor] = {}
        unreadable: dict[str, Unreadable] = {}

        def send(keys: Sequence[Item]) -> Sequence[Item]:
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            for item in answer["Responses"].get(self._table, ()):
                try:
                    sponsor = _sponsor(item)
                except Unreadable as exc:
                    unreadable[exc.id] = exc
                else:
                    found.update({} if sponsor is None else {sponsor.id: sponsor})
            left: Sequence[Item] = answer["UnprocessedKeys"].get(self._table, {}).get("Keys", ())
            return left

        distinct = dict.fromkeys(ids)
        for id in distinct:
            require_id(id)
        self._in_batches(send, [_key(id) for id in distinct], size=100, key=lambda key: key)
        return found, unreadable

    # Pages

    def page(self, query: Query, *, limit: int, cursor: str | None = None) -> Page[Sponsor]:
        require_limit(limit)
        require_listing(Sponsor, query)
        after = None if cursor is None else _position_in(cursor, query)
        positions, next_after = self._positions(query, limit, after)
        found, unreadable = self._read(map(id_at, positions))
        # The index lags behind: leave out whoever has been renamed or removed since.
        named = {_position(sponsor): sponsor for sponsor in found.values()}
        return Page(
            tuple(named[position] for position in positions if position in named),
            None if next_after is None else _cursor(query, next_after),
            tuple(id for id in map(id_at, positions) if id in unreadable),
        )

    def _positions(self, query: Query, limit: int, after: str | None) -> tuple[list[str], str | None]:
        """Positions that match, and after which one the next page begins; it is None at the end."""
        last = query.prefix + "\U0010ffff" * ((MAX_KEY_BYTES - len(query.prefix.encode())) // 4)
        condition = "#list = :list AND #position BETWEEN :first AND :last"
        values = {":list": LIST, ":first": {"S": after or query.prefix or "\0"}, ":last": {"S": last}}
        request = {
            "TableName": self._table,
            "IndexName": "listing",
            "KeyConditionExpression": condition,
            "Limit": 200 if query.part else limit + 2,
            **_placeholders(values, condition),
        }
        found: list[str] = []
        read = 0
        while True:
            with self._translated():
                answer = self._client.query(**request)
            for item in answer["Items"]:
                position = item["_position"]["S"]
                if position != after and query.matches(position):
                    if len(found) == limit:
                        return found, found[-1]
                    found.append(position)
            if "LastEvaluatedKey" not in answer:
                return found, None
            read += len(answer["Items"])
            if read >= MAX_READ:
                return found, answer["LastEvaluatedKey"]["_position"]["S"]
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    # Many at once, unconditionally

    def put_many(self, entities: Iterable[Sponsor]) -> None:
        last = {entity.id: as_put(Sponsor, entity) for entity in entities}
        self._write_many([{"PutRequest": {"Item": {**_item(put), **_written()}}} for put in last.values()])

    def remove_many(self, ids: Iterable[str]) -> None:
        distinct = dict.fromkeys(ids)
        for id in distinct:
            require_id(id)
        self._write_many([{"DeleteRequest": {"Key": _key(id)}} for id in distinct])

    def _write_many(self, requests: Sequence[Item]) -> None:
        def send(batch: Sequence[Item]) -> Sequence[Item]:
            answer = self._client.batch_write_item(RequestItems={self._table: batch})
            left: Sequence[Item] = answer["UnprocessedItems"].get(self._table, ())
            return left

        def key(request: Item) -> Item:
            written: Item = (
                request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]
            )
            return written

        self._in_batches(send, requests, size=25, key=key)

    def _in_batches(
        self,
        send: Callable[[Sequence[Item]], Sequence[Item]],
        requests: Sequence[Item],
        *,
        size: int,
        key: Callable[[Item], Item],
    ) -> None:
        """Sends all requests. DynamoDB may leave some of a batch unprocessed: these are sent again, later and later."""
        left: list[Item] = []
        for start in range(0, len(requests), size):
            batch = requests[start : start + size]
            for attempt in range(ATTEMPTS):
                with self._translated(writes=size == 25):
                    batch = send(batch)
                if not batch:
                    break
                time.sleep(random.uniform(0, min(2, 0.05 * 2**attempt)))
            left += batch
        if left:
            raise PartialFailure(*(_id(key(request)) for request in left))

    @contextmanager
    def _translated(self, *, writes: bool = False) -> Iterator[None]:
        """What DynamoDB and the client say, as errors of ours. A code that is not expected passes unchanged."""
        try:
            yield
        except _UNANSWERED as exc:
            raise Unavailable(f"DynamoDB did not answer: {exc}", maybe_applied=writes) from exc
        except ClientError as exc:
            code = exc.response["Error"]["Code"]
            if code == "ResourceNotFoundException" or code in _DENIED:
                raise Misconfigured(f"table {self._table} cannot be used: {exc}") from exc
            answer = exc.response["ResponseMetadata"]
            if code in _THROTTLED or code == "TransactionConflictException":
                # Before a repeat, an attempt may have got through whose answer was lost.
                maybe_applied = writes and answer["RetryAttempts"] > 0
                raise Unavailable(f"DynamoDB did not take the call: {code}", maybe_applied=maybe_applied) from exc
            if answer["HTTPStatusCode"] >= 500:
                raise Unavailable(f"DynamoDB failed: {code}", maybe_applied=writes) from exc
            raise


# Items


def _key(id: str) -> dict[str, Any]:
    return {"pk": {"S": f"SPONSOR#{id}"}, "sk": {"S": "#"}}


def _id(item: Item) -> str:
    id: str = item["pk"]["S"].removeprefix("SPONSOR#")
    return id


def _position(sponsor: Sponsor) -> str:
    place = BY_TEXT.place(sponsor)
    assert place is not None, "every sponsor has a name"
    return place.position


def _life(sponsor: Sponsor) -> dict[str, Any]:
    """Which life of its id a sponsor is of, if that is known. An id that is added again begins another one."""
    life = life_of(sponsor)
    return {} if life is None else {"_life": {"S": life}}


def _attributes(sponsor: Sponsor) -> dict[str, Any]:
    return {
        "version": {"N": str(sponsor.version)},
        "name": {"S": sponsor.name},
        "_list": LIST,
        "_position": {"S": _position(sponsor)},
    }


def _item(sponsor: Sponsor) -> dict[str, Any]:
    return {**_key(sponsor.id), **_life(sponsor), **_attributes(sponsor)}


def _written(events: Iterable[Event] = ()) -> dict[str, Any]:
    """What tells a write from all others, and its events."""
    told = [event.model_dump(mode="json") for event in events]
    return {"_write": {"S": str(ULID())}, **({"_events": _serialize(told)} if told else {})}


def _version(item: Item) -> int | None:
    return int(item["version"]["N"]) if "version" in item else None


def _sponsor(item: Item) -> Sponsor | None:
    """The sponsor in an item; None if there is none, or only a tombstone."""
    if not item or "_gone" in item:
        return None
    try:
        fields = {"id": _id(item), "version": _version(item), "name": item["name"]["S"]}
        return in_life(Sponsor.model_validate(fields), item.get("_life", {}).get("S"))
    except (InvalidArgument, KeyError, ValueError) as exc:
        raise Unreadable("Sponsor", _id(item), repr(exc)) from exc


# Expressions


def _as_read(sponsor: Sponsor) -> tuple[str, dict[str, Any]]:
    """The condition that a sponsor is stored as it was read, and the values in it."""
    condition, values = "#version = :read", {":read": {"N": str(sponsor.version)}}
    life = life_of(sponsor)
    if life is None:
        return condition, values
    return f"{condition} AND #life = :life", {**values, ":life": {"S": life}}


def _placeholders(values: Item, *expressions: str) -> dict[str, Any]:
    """The names and values of expressions. DynamoDB takes none that is not used."""
    attributes = ("version", "name", "_list", "_position", "_write", "_events", "_life", "_gone")
    names = {f"#{name.strip('_')}": name for name in attributes}
    used = {short: name for short, name in names.items() if any(short in expression for expression in expressions)}
    return {"ExpressionAttributeNames": used, "ExpressionAttributeValues": values}


# Cursors


def _cursor(query: Query, position: str) -> str:
    """The cursor of the page that begins after a position. It serves no other query, and is damaged if it is changed."""
    digest = hashlib.sha256(f"Sponsor\0{query!a}\0{position}".encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest + position.encode()).decode().rstrip("=")


def _position_in(cursor: str, query: Query) -> str:
    try:
        position = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[16:].decode()
    except ValueError as exc:
        raise InvalidCursor from exc
    if _cursor(query, position) != cursor or not position.startswith(query.prefix):
        raise InvalidCursor
    return position
