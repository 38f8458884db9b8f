"""The request of each write, the same alone and in a transaction, and what its refusal means."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from functools import partial
from typing import Any

from domain.kernel.change import Action
from domain.kernel.change import Change
from domain.kernel.change import is_of
from domain.kernel.entity import Entity
from domain.kernel.entity import life_of
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.errors import ServiceError
from domain.kernel.errors import TooLarge
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.codec import size
from infrastructure.kernel.dynamodb.mapper import WRONG_VERSION
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.mapper import life
from infrastructure.kernel.dynamodb.mapper import removed_at
from infrastructure.kernel.dynamodb.mapper import version
from infrastructure.kernel.dynamodb.schema import EVENTS
from infrastructure.kernel.dynamodb.schema import GONE
from infrastructure.kernel.dynamodb.schema import LIFE
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import TTL
from infrastructure.kernel.dynamodb.schema import VERSION
from infrastructure.kernel.dynamodb.schema import WRITE

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MAX_ITEM_BYTES = 400 * 1024
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024

NOTHING: Item = {}
"""The item of a key that has none."""
TOMBSTONE_KEPT = timedelta(days=7)
"""How long a tombstone stays: its events have to reach the stream, and repeats of writes have to meet it."""


@dataclass(frozen=True)
class Write:
    """A conditional write: which operation, with which parameters, and how many bytes it leaves behind.

    An addition is made where nothing is, or in place of one `tombstone`, no other. So an attempt that arrives late, or
    a second time, never undoes the removal of what the first one has added.
    """

    change: Change[Any]
    kind: str
    write_id: str
    operation: str
    request: dict[str, Any]
    bytes: int
    tombstone: Item

    @property
    def in_transaction(self) -> dict[str, Any]:
        """The write as an action of TransactWriteItems."""
        action = {
            "put_item": "Put",
            "update_item": "Update",
            "condition_check": "ConditionCheck",
        }
        return {action[self.operation]: self.request}

    def has_happened(self, old: Item) -> bool:
        """Whether `old`, which refused the write, tells that it has been made: its answer was lost.

        Either nothing was written there since, or the write was the addition that began the life of what is there.
        """
        is_birth = self.change.action is Action.ADD and old.get(LIFE) == encode(life_of(self.change.stored))
        return is_birth or old.get(WRITE) == encode(self.write_id)

    def can_replace(self, old: Item) -> bool:
        """Whether `old` refused an addition only because it expected another tombstone there, or none."""
        return self.change.action is Action.ADD and (GONE in old or bool(self.tombstone and not old))

    def obstacle(self, old: Item, *, ambiguous: bool) -> ServiceError:
        """Why `old` refused the write, which may have been made before by an attempt that got no answer."""
        entity = self.change.entity
        found = version(old)
        if ambiguous and not self._is_ruled_out_by(old) and self.change.action is not Action.CHECK:
            return Unavailable(f"{self.kind} {entity.id} was changed while no answer came", maybe_applied=True)
        if self.change.action is Action.ADD:
            return AlreadyExists(self.kind, entity.id)
        if not old or GONE in old:
            return NotFound(self.kind, entity.id)
        if found is None:
            return Unreadable(self.kind, entity.id, WRONG_VERSION)
        return Conflict(self.kind, entity.id, expected=entity.version, found=found)

    def _is_ruled_out_by(self, old: Item) -> bool:
        """Whether `old` tells that the write was never made: somebody else made the version that it would have made.

        If `old` is beyond that version, or gone, the write may have come between.
        """
        if self.change.action is Action.ADD:
            return bool(version(old) == self.change.stored.version)
        return version(old) == self.change.entity.version + 1 and is_of(self.change.entity, life(old))


class Writer:
    """Makes writes to one table."""

    def __init__(self, table: str, mappers: Mapping[type[Entity], Mapper[Any]], now: Callable[[], datetime]) -> None:
        self._table = table
        self._mappers = mappers
        self._now = now

    def write(self, change: Change[Any], write_id: str, *, tombstone: Item = NOTHING) -> Write:
        """The write of `change`, not sent yet; of an addition, in place of `tombstone`, and counted on from there.

        Raises:
            TooLarge: DynamoDB cannot hold it.
        """
        make: dict[Action, Callable[[Mapper[Any], Change[Any], str], tuple[str, dict[str, Any], Item]]] = {
            Action.ADD: partial(self._add, tombstone),
            Action.SAVE: self._save,
            Action.REMOVE: self._bury,
            Action.CHECK: self._check,
        }
        if tombstone:
            change = change.after(removed_at(tombstone))
        mapper = self._mappers[type(change.entity)]
        operation, request, left = make[change.action](mapper, change, write_id)
        write = Write(
            change=change,
            kind=mapper.name,
            write_id=write_id,
            operation=operation,
            request={"TableName": self._table, **request, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
            bytes=size(left),
            tombstone=tombstone,
        )
        require_size(mapper, change.entity, write.bytes)
        return write

    def _add(
        self, tombstone: Item, mapper: Mapper[Any], change: Change[Any], write_id: str
    ) -> tuple[str, dict[str, Any], Item]:
        item = {**mapper.item(change.stored), WRITE: encode(write_id)}
        if change.events:
            item[EVENTS] = encode(change.events)
        return "put_item", {"Item": item, **_only_there(tombstone)}, item

    def _save(self, mapper: Mapper[Any], change: Change[Any], write_id: str) -> tuple[str, dict[str, Any], Item]:
        """An update of the fields this release knows, so that those of a newer one stay as they are."""
        entity = change.entity
        attributes = {**mapper.attributes(change.stored), WRITE: encode(write_id)}
        if change.events:
            attributes[EVENTS] = encode(change.events)
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        values = {f":{number}": value for number, value in enumerate(attributes.values())}
        update = "SET " + ", ".join(f"#{number} = :{number}" for number in range(len(attributes)))
        if outdated := [name for name in (EVENTS, *mapper.optional) if name not in attributes]:
            names |= {f"#{name}": name for name in outdated}
            update += " REMOVE " + ", ".join(f"#{name}" for name in outdated)
        as_read = _as_read(mapper, entity)
        request = {
            "Key": mapper.key(entity.id),
            "UpdateExpression": update,
            "ConditionExpression": as_read["ConditionExpression"],
            "ExpressionAttributeNames": {**names, **as_read["ExpressionAttributeNames"]},
            "ExpressionAttributeValues": {**values, **as_read["ExpressionAttributeValues"]},
        }
        return "update_item", request, {**mapper.key(entity.id), **mapper.life(entity), **attributes}

    def _bury(self, mapper: Mapper[Any], change: Change[Any], write_id: str) -> tuple[str, dict[str, Any], Item]:
        """A tombstone in the entity's place, out of the listing, that carries its last events."""
        item = {
            **mapper.key(change.entity.id),
            **mapper.life(change.entity),
            GONE: encode(change.entity.version + 1),
            WRITE: encode(write_id),
            TTL: encode(int((self._now() + TOMBSTONE_KEPT).timestamp())),
        }
        if change.events:
            item[EVENTS] = encode(change.events)
        return "put_item", {"Item": item, **_as_read(mapper, change.entity)}, item

    def _check(self, mapper: Mapper[Any], change: Change[Any], _: str) -> tuple[str, dict[str, Any], Item]:
        return "condition_check", {"Key": mapper.key(change.entity.id), **_as_read(mapper, change.entity)}, {}


def require_size(mapper: Mapper[Any], entity: Entity, size: int) -> None:
    """Passes if DynamoDB can hold an item of `size` bytes.

    Raises:
        TooLarge: it cannot.
    """
    if size > MAX_ITEM_BYTES:
        raise TooLarge(mapper.name, entity.id, size=size, limit=MAX_ITEM_BYTES)


def _as_read(mapper: Mapper[Any], entity: Entity) -> dict[str, Any]:
    """The condition that version and life are the entity's, as far as they are known; a tombstone has no version."""
    read = {VERSION: encode(entity.version), **mapper.life(entity)}
    return {
        "ConditionExpression": " AND ".join(f"#at_{number} = :at_{number}" for number in range(len(read))),
        "ExpressionAttributeNames": {f"#at_{number}": name for number, name in enumerate(read)},
        "ExpressionAttributeValues": {f":at_{number}": value for number, value in enumerate(read.values())},
    }


def _only_there(tombstone: Item) -> dict[str, Any]:
    """The condition that nothing is there but `tombstone`, or nothing at all, if that is empty."""
    if not tombstone:
        return {"ConditionExpression": "attribute_not_exists(#pk)", "ExpressionAttributeNames": {"#pk": PK}}
    names = {"#gone": GONE, "#write": WRITE}
    if WRITE not in tombstone:
        is_it = "attribute_exists(#gone) AND attribute_not_exists(#write)"
        return {"ConditionExpression": is_it, "ExpressionAttributeNames": names}
    return {
        "ConditionExpression": "attribute_exists(#gone) AND #write = :write",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":write": tombstone[WRITE]},
    }
