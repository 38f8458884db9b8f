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
from infrastructure.kernel.dynamodb.codec import AttributeValue
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import decode
from infrastructure.kernel.dynamodb.schema import EVENTS
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.events.relay import Record

logger = logging.getLogger(__name__)

KEPT = timedelta(hours=24)
"""How long the stream keeps a record."""
BEHIND = timedelta(hours=12)
"""From which age on a record that is only now carried is worth a warning."""

_KIND = "Stream record"


class Images(NamedTuple):
    """An entity before and after a write; None where there was none, or no longer is."""

    before: Entity | None
    after: Entity | None


class StreamRecord(Record):
    """One record of the stream."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        """`record` is as a Lambda function is given it, or as GetRecords answers."""
        self._record = record
        self._change: Mapping[str, Any] = record.get("dynamodb") or {}

    @property
    def sequence_number(self) -> str:
        """Where it stands in its shard; empty if it is no record at all."""
        return str(self._change.get("SequenceNumber", ""))

    @property
    def key(self) -> Item:
        """The key of the item that was written."""
        return _item(self._change.get("Keys", {}))

    @property
    def written_at(self) -> datetime | None:
        """When, about; None if it does not say."""
        at = self._change.get("ApproximateCreationDateTime")
        return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else at

    def events(self) -> Sequence[Event]:
        """Those of the new image that the old one does not have. What is deleted, by TTL above all, has none.

        Raises:
            Unreadable: an image is missing, or its events are no list, or one is of a type, or has a field, that this
                release does not know.
        """
        if self._record.get("eventName") == "REMOVE":
            return ()
        told = self._told("NewImage")
        known = self._told("OldImage") if self._record.get("eventName") == "MODIFY" else ()
        ids_known = {id for event in known if isinstance(id := event.get("event_id"), str)}
        # What has no id is read, and so found out.
        return [self._event(event) for event in told if str(event.get("event_id")) not in ids_known]

    def images(self, store: DynamoDBStore) -> Images | None:
        """The entity that was written, before and after; None if it is none that `store` knows.

        Raises:
            Unreadable: an image is missing, or breaks a rule of this release.
        """
        mapper = store.mapper_of(self.key)
        if mapper is None:
            return None
        is_new, is_gone = (self._record.get("eventName") == name for name in ("INSERT", "REMOVE"))
        return Images(
            before=None if is_new else mapper.entity(_item(self._image("OldImage"))),
            after=None if is_gone else mapper.entity(_item(self._image("NewImage"))),
        )

    def whole(self) -> str:
        """The record as a Lambda function is given it."""
        return json.dumps(self._record, default=_plain)

    def _told(self, image: str) -> Sequence[Mapping[str, Any]]:
        """The events in an image, undecoded."""
        attributes = self._image(image)
        if EVENTS not in attributes:
            return ()
        try:
            told = decode(_attribute(attributes[EVENTS]))
        except (ArithmeticError, AttributeError, TypeError, ValueError) as exc:
            raise self._unreadable(f"{EVENTS}: {exc}", where=EVENTS) from exc
        if not (isinstance(told, list) and all(isinstance(event, dict) for event in told)):
            raise self._unreadable(f"{EVENTS}: must be a list of events")
        return told

    def _image(self, name: str) -> Mapping[str, Any]:
        image: Mapping[str, Any] | None = self._change.get(name)
        if image is None:
            raise self._unreadable(f"{name}: is missing; the stream has to show new and old images")
        return image

    def _event(self, told: Mapping[str, Any]) -> Event:
        kind = event_types().get(str(told.get("type")))
        if kind is None:
            raise self._unreadable(f"{EVENTS}.type: there is no event {told.get('type')!r}")
        try:
            return kind.model_validate(told)
        except InvalidArgument as exc:
            where = f"{EVENTS}.{kind.__name__}.{exc.inputs}"
            raise self._unreadable(f"{EVENTS}.{kind.__name__}.{exc}", where=where) from exc

    def _unreadable(self, rule: str, *, where: str = "") -> Unreadable:
        return Unreadable(_KIND, self.sequence_number, rule, where=where)


def warn_if_late(records: Sequence[StreamRecord], now: datetime) -> None:
    """Logs a warning if the first of `records` was written 12 hours ago or more: after 24 the stream would drop it."""
    written_at = records[0].written_at if records else None
    if written_at is not None and now - written_at >= BEHIND:
        logger.warning("the relay is %s behind; the stream keeps %s", now - written_at, KEPT)


def _item(image: Mapping[str, Any]) -> Item:
    """An image, with bytes where JSON has texts in base64."""
    return {name: _attribute(attribute) for name, attribute in image.items()}


def _attribute(attribute: Mapping[str, Any]) -> AttributeValue:
    [(type, value)] = attribute.items()
    match type:
        case "B":
            return {type: _bytes(value)}
        case "BS":
            return {type: [_bytes(member) for member in value]}
        case "L":
            return {type: [_attribute(member) for member in value]}
        case "M":
            return {type: _item(value)}
    return {type: value}


def _bytes(value: bytes | str) -> bytes:
    return base64.b64decode(value) if isinstance(value, str) else value


def _plain(value: object) -> object:
    """What a Lambda function is given in place of `value`."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"{type(value).__name__} is nothing that a record has")
