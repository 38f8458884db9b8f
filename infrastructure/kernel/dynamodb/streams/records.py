"""Records of the table's stream: what was written, and the events of it.

They look the same to a Lambda function and to a reader of the Streams API, but for bytes and dates:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
"""

import base64
import json
import logging
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import NamedTuple

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unreadable
from domain.kernel.events import Event
from domain.kernel.events import event_types
from domain.kernel.events import traced
from domain.kernel.trace import Trace
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import decode
from infrastructure.kernel.dynamodb.codec import native
from infrastructure.kernel.dynamodb.codec import native_item
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.schema import EVENTS
from infrastructure.kernel.dynamodb.schema import TRACE
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.stored_events import stored_event
from infrastructure.kernel.events.relay import Record

logger = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
"""How long the stream keeps a record."""
BEHIND = timedelta(hours=12)
"""From which age on a record that is only now carried is worth a warning."""

NAMES = ("INSERT", "MODIFY", "REMOVE")
"""What may have happened to an item."""

_KIND = "Stream record"


class Images(NamedTuple):
    """An entity before and after a write; None where there was none, or no longer is."""

    before: Entity | None
    after: Entity | None


class StreamRecord(Record):
    """One record of the stream, or what stands in the place of one."""

    def __init__(self, record: Any, place: int = 1) -> None:
        """`record` is as a Lambda function is given it, or as GetRecords answers; `place` is its place among those."""
        self._record = record
        self._place = place
        members = record if isinstance(record, Mapping) else {}
        change = members.get("dynamodb")
        self._name = members.get("eventName")
        self._change: Mapping[str, Any] = change if isinstance(change, Mapping) else {}

    @property
    def sequence_number(self) -> str:
        """Where it stands in its shard; empty if it does not say."""
        number = self._change.get("SequenceNumber")
        return number if isinstance(number, str) else ""

    @property
    def key(self) -> Item:
        """The key of the item that was written; empty if it does not say."""
        try:
            return native_item(self._change.get("Keys"))
        except (RecursionError, ValueError):
            return {}

    @property
    def written_at(self) -> datetime | None:
        """When, about; None if it does not say."""
        at = self._change.get("ApproximateCreationDateTime")
        if isinstance(at, datetime):
            return at
        try:
            return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None
        except (OSError, OverflowError, ValueError):
            return None

    def events(self) -> Sequence[Event]:
        """Those of the new image that the old one does not have, in the schema version of this release.

        A deletion, such as by TTL, has no events.

        Raises:
            Unreadable: it is no record of a stream, an image is missing, or its events are no list, or one is of a type,
                or has a field, that this release does not know.
        """
        if (rule := self._broken_rule()) is not None:
            raise self._unreadable(rule)
        if self._name == "REMOVE":
            return ()
        told = self._told("NewImage")
        known = self._told("OldImage") if self._name == "MODIFY" else ()
        ids_known = {id for event in known if isinstance(id := event.get("event_id"), str)}
        # What has no id is read, and so found out.
        trace = self._trace()
        return [traced(self._event(event), trace) for event in told if str(event.get("event_id")) not in ids_known]

    def images(self, store: DynamoDBStore) -> Images | None:
        """The entity that was written, before and after; None if it is none that `store` knows.

        Raises:
            Unreadable: an image is missing, or breaks a rule of this release.
        """
        mapper = store.mapper_of(self.key)
        if mapper is None:
            return None
        is_new, is_gone = (self._name == name for name in ("INSERT", "REMOVE"))
        return Images(
            before=None if is_new else self._entity("OldImage", mapper),
            after=None if is_gone else self._entity("NewImage", mapper),
        )

    def whole(self) -> str:
        """The record as a Lambda function is given it."""
        return json.dumps(self._record, default=_plain)

    def _broken_rule(self) -> str | None:
        """What makes it no record of a stream, if anything does."""
        if not isinstance(self._record, Mapping):
            return "must be an object"
        if self._name not in NAMES:
            return "eventName: must be INSERT, MODIFY or REMOVE"
        if not isinstance(self._record.get("dynamodb"), Mapping):
            return "dynamodb: must be an object"
        if not self.sequence_number:
            return "dynamodb.SequenceNumber: must be a text"
        if not self.key:
            return "dynamodb.Keys: must be attributes of the item's key"
        return None

    def _told(self, image: str) -> Sequence[Mapping[str, Any]]:
        """The events in an image, undecoded."""
        attributes = self._image(image)
        if EVENTS not in attributes:
            return ()
        try:
            told = decode(native(attributes[EVENTS]))
        except (ArithmeticError, RecursionError, ValueError) as exc:
            raise self._unreadable(f"{EVENTS}: {exc}", where=EVENTS) from exc
        if not (isinstance(told, list) and all(isinstance(event, dict) for event in told)):
            raise self._unreadable(f"{EVENTS}: must be a list of events")
        return told

    def _trace(self) -> Trace | None:
        """The request that wrote the new image; nothing that is wrong with it keeps the events from their bus."""
        attribute = self._image("NewImage").get(TRACE)
        return Trace.parse(attribute.get("S")) if isinstance(attribute, Mapping) else None

    def _entity(self, image: str, mapper: Mapper[Any]) -> Entity | None:
        attributes = self._image(image)
        try:
            entity: Entity | None = mapper.entity({**native_item(attributes), **self.key})
        except (ArithmeticError, RecursionError, ValueError) as exc:
            raise self._unreadable(f"{image}: {exc}", where=image) from exc
        return entity

    def _image(self, name: str) -> Mapping[str, Any]:
        image = self._change.get(name)
        if image is None:
            raise self._unreadable(f"{name}: is missing; the stream has to show new and old images")
        if not isinstance(image, Mapping):
            raise self._unreadable(f"{name}: must be an object")
        return image

    def _event(self, told: Mapping[str, Any]) -> Event:
        kind = event_types().get(str(told.get("type")))
        if kind is None:
            raise self._unreadable(f"{EVENTS}.type: there is no event {told.get('type')!r}")
        try:
            return stored_event(kind, told)
        except InvalidArgument as exc:
            where = f"{EVENTS}.{kind.__name__}.{exc.inputs}"
            raise self._unreadable(f"{EVENTS}.{kind.__name__}.{exc}", where=where) from exc
        except Exception as exc:  # a validator of the event's may raise anything, and would again at every repetition
            where = f"{EVENTS}.{kind.__name__}"
            raise self._unreadable(f"{where}: {exc!r}", where=where) from exc

    def _unreadable(self, rule: str, *, where: str = "") -> Unreadable:
        id = self.sequence_number or f"at place {self._place} of its batch"
        return Unreadable(_KIND, id, rule, where=where)


def stream_records(given: Sequence[Any]) -> list[StreamRecord]:
    """The records of a batch, each with its place in it."""
    return [StreamRecord(record, place) for place, record in enumerate(given, 1)]


def warn_if_late(records: Sequence[StreamRecord], now: datetime) -> None:
    """Logs a warning if the first of `records` was written 12 hours ago or more: after 24 the stream would drop it."""
    written_at = next((record.written_at for record in records if record.written_at), None)
    if written_at is not None and now - written_at >= BEHIND:
        logger.warning("the relay is %s behind; the stream keeps %s", now - written_at, KEPT)


def _plain(value: object) -> object:
    """What a Lambda function is given in place of `value`."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} is nothing that a record has")
