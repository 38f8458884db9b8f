"""The request of each write, the same alone and in a transaction, and what its refusal means."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import NamedTuple

from domain.kernel.change import Action
from domain.kernel.change import Change
from domain.kernel.change import is_of
from domain.kernel.entity import Entity
from domain.kernel.entity import life_of
from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Unavailable
from domain.kernel.errors import Unreadable
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import JsonItem
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.codec import json_of
from infrastructure.kernel.dynamodb.codec import quoted
from infrastructure.kernel.dynamodb.mapper import WRONG_VERSION
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.mapper import life
from infrastructure.kernel.dynamodb.mapper import removed_at
from infrastructure.kernel.dynamodb.mapper import version
from infrastructure.kernel.dynamodb.schema import EVENTS
from infrastructure.kernel.dynamodb.schema import GONE
from infrastructure.kernel.dynamodb.schema import LIFE
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import TRACE
from infrastructure.kernel.dynamodb.schema import TTL
from infrastructure.kernel.dynamodb.schema import VERSION
from infrastructure.kernel.dynamodb.schema import WRITE
from infrastructure.kernel.dynamodb.sizes import require_size
from infrastructure.kernel.dynamodb.speed import to_json
from infrastructure.kernel.dynamodb.stored_events import events_json
from usecases.kernel.observability import current_trace

NOTHING: Item = {}
"""The item of a key that has none."""
TOMBSTONE_KEPT = timedelta(days=7)
"""How long a tombstone stays: its events have to reach the stream, and repeats of writes have to meet it."""

_TELLING = {"ReturnValuesOnConditionCheckFailure": '"ALL_OLD"'}


@dataclass(frozen=True)
class Write:
    """A conditional write: which operation, with which parameters, as JSON, and which item it leaves behind.

    An addition is made where nothing is, or in place of one `tombstone`, no other. So an attempt that arrives late, or
    a second time, never undoes the removal of what the first one has added.
    """

    change: Change[Any]
    kind: str
    write_id: str
    operation: str
    request: str
    left: JsonItem
    tombstone: Item

    @property
    def in_transaction(self) -> str:
        """The write as an action of TransactWriteItems."""
        return joined({self.operation.removesuffix("Item"): self.request})

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
    """Makes writes, each to the table of its kind."""

    def __init__(
        self,
        tables: Mapping[type[Entity], str],
        mappers: Mapping[type[Entity], Mapper[Any]],
        now: Callable[[], datetime],
    ) -> None:
        """`tables` has their names, as JSON."""
        self._tables = tables
        self._mappers = mappers
        self._now = now

    def write(self, change: Change[Any], write_id: str, *, tombstone: Item = NOTHING) -> Write:
        """The write of `change`, not sent yet; of an addition, in place of `tombstone`, and counted on from there.

        Raises:
            TooLarge: DynamoDB cannot hold it.
        """
        if tombstone:
            change = change.after(removed_at(tombstone))
        kind = type(change.entity)
        mapper = self._mappers[kind]
        write_id = mapper.write_id(write_id)
        match change.action:
            case Action.ADD:
                operation, parameters, left = self._add(mapper, change, write_id, tombstone)
            case Action.SAVE:
                operation, parameters, left = self._save(mapper, change, write_id)
            case Action.REMOVE:
                operation, parameters, left = self._bury(mapper, change, write_id)
            case Action.CHECK:
                operation, parameters, left = self._check(mapper, change)
        request = joined({"TableName": self._tables[kind], **parameters, **_TELLING})
        require_size(mapper.name, change.entity, left, at_most=len(request))
        return Write(change, mapper.name, write_id, operation, request, left, tombstone)

    def _add(
        self, mapper: Mapper[Any], change: Change[Any], write_id: str, tombstone: Item
    ) -> tuple[str, dict[str, str], JsonItem]:
        item = {**mapper.item(change.stored), WRITE: to_json(write_id)}
        if change.events:
            item |= _told(change)
        return "PutItem", {"Item": joined(item), **_only_there(tombstone)}, item

    def _save(self, mapper: Mapper[Any], change: Change[Any], write_id: str) -> tuple[str, dict[str, str], JsonItem]:
        """An update of the fields this release knows, so that those of a newer one stay as they are."""
        entity = change.entity
        attributes = {**mapper.attributes(change.stored), WRITE: to_json(write_id)}
        if change.events:
            attributes |= _told(change)
        names = {f"#{number}": quoted(name) for number, name in enumerate(attributes)}
        values = {f":{number}": value for number, value in enumerate(attributes.values())}
        update = "SET " + ", ".join([f"#{number} = :{number}" for number in range(len(attributes))])
        if outdated := [name for name in (EVENTS, TRACE, *mapper.optional) if name not in attributes]:
            removed = {f"#gone_{number}": quoted(name) for number, name in enumerate(outdated)}
            names |= removed
            update += f" REMOVE {', '.join(removed)}"
        key, as_read = mapper.key_json(entity.id), _as_read(mapper, entity)
        request = {
            "Key": joined(key),
            "UpdateExpression": quoted(update),
            "ConditionExpression": as_read.expression,
            "ExpressionAttributeNames": joined({**names, **as_read.names}),
            "ExpressionAttributeValues": joined({**values, **as_read.values}),
        }
        return "UpdateItem", request, {**key, **mapper.life(entity), **attributes}

    def _bury(self, mapper: Mapper[Any], change: Change[Any], write_id: str) -> tuple[str, dict[str, str], JsonItem]:
        """A tombstone in the entity's place, out of the listing, that carries its last events."""
        item = {
            **mapper.key_json(change.entity.id),
            **mapper.life(change.entity),
            GONE: to_json(change.entity.version + 1),
            WRITE: to_json(write_id),
            TTL: to_json(int((self._now() + TOMBSTONE_KEPT).timestamp())),
        }
        if change.events:
            item |= _told(change)
        return "PutItem", {"Item": joined(item), **_as_read(mapper, change.entity).parameters}, item

    def _check(self, mapper: Mapper[Any], change: Change[Any]) -> tuple[str, dict[str, str], JsonItem]:
        key = joined(mapper.key_json(change.entity.id))
        return "ConditionCheck", {"Key": key, **_as_read(mapper, change.entity).parameters}, {}


def _told(change: Change[Any]) -> dict[str, str]:
    """What the stream carries out: the events, and the request that they are of."""
    trace = current_trace()
    events = {EVENTS: events_json(change.events)}
    return events if trace is None else {**events, TRACE: to_json(str(trace))}


class _Condition(NamedTuple):
    """A condition as JSON: its expression, and the names and values in that."""

    expression: str
    names: dict[str, str]
    values: dict[str, str]

    @property
    def parameters(self) -> dict[str, str]:
        """Those of a request that has no other expression."""
        names = {"ConditionExpression": self.expression, "ExpressionAttributeNames": joined(self.names)}
        return {**names, "ExpressionAttributeValues": joined(self.values)} if self.values else names


def _as_read(mapper: Mapper[Any], entity: Entity) -> _Condition:
    """The condition that version and life are the entity's, as far as they are known; a tombstone has no version."""
    read = {VERSION: to_json(entity.version), **mapper.life(entity)}
    return _Condition(
        quoted(" AND ".join([f"#at_{number} = :at_{number}" for number in range(len(read))])),
        {f"#at_{number}": quoted(name) for number, name in enumerate(read)},
        {f":at_{number}": value for number, value in enumerate(read.values())},
    )


def _only_there(tombstone: Item) -> dict[str, str]:
    """The condition that nothing is there but `tombstone`, or nothing at all, if that is empty."""
    if not tombstone:
        return _NOTHING_THERE
    names = {"#gone": quoted(GONE), "#write": quoted(WRITE)}
    if WRITE not in tombstone:
        is_it = quoted("attribute_exists(#gone) AND attribute_not_exists(#write)")
        return _Condition(is_it, names, {}).parameters
    is_it = quoted("attribute_exists(#gone) AND #write = :write")
    return _Condition(is_it, names, {":write": json_of(tombstone[WRITE])}).parameters


_NOTHING_THERE = _Condition(quoted("attribute_not_exists(#pk)"), {"#pk": quoted(PK)}, {}).parameters
