"""The table as the repositories and units of work share it: mappings, reads, writes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.errors import Failure
from domain.kernel.errors import NotFound
from domain.kernel.preconditions import require_id
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.mapping import Mapping
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.dynamodb.writes import Write
from infrastructure.kernel.dynamodb.writes import Writer


class Store:
    """A table, and how each kind of aggregate is kept in it."""

    def __init__(self, table: Table, *, shards: int, now: Callable[[], datetime]) -> None:
        self.table = table
        self._shards = shards
        self._writer = Writer(table.name, now)
        self._mappings: dict[type[Entity], Mapping[Any]] = {}

    @property
    def indexes(self) -> list[Index]:
        """Those that the listings of all kinds are kept in."""
        needed = {index for mapping in self._mappings.values() for index in mapping.indexes.values()}
        return sorted(needed)

    def register(self, kind: type[E], type_name: str, *, listed: bool = True) -> Mapping[E]:
        """The mapping of `kind`, from now on known to units of work too. What is not listed has no pages."""
        mapping = Mapping(kind, type_name, self._shards if listed else 0)
        self._mappings[kind] = mapping
        return mapping

    def mapping_of(self, key: Item) -> Mapping[Any] | None:
        """The mapping of the kind whose entity has that key, if there is one."""
        return next((mapping for mapping in self._mappings.values() if mapping.owns(key)), None)

    def get(self, kind: type[E], id: str, *, consistent: bool) -> E:
        """The stored entity.

        Raises:
            NotFound: nothing is stored under `id`.
            InvalidArgument: no entity can have that id.
        """
        require_id(id)
        mapping: Mapping[E] = self._mappings[kind]
        answer = self.table.call("get_item", TableName=self.table.name, Key=mapping.key(id), ConsistentRead=consistent)
        entity = mapping.entity(answer["Item"]) if "Item" in answer else None
        if entity is None:
            raise NotFound(mapping.name, id)
        return entity

    def plan(self, change: Change[Any], write_id: str) -> Write:
        """The write of `change`, not sent yet.

        Raises:
            TooLarge: DynamoDB cannot hold it.
        """
        return self._plan(change, write_id, {})

    def plan_again(self, writes: list[Write], refused: Refused) -> list[Write]:
        """The writes, with additions in place of the tombstones that refused them, to be sent as a new request.

        Empty if something else is in the way, or an earlier attempt may have made the writes.
        """
        refusals = list(zip(writes, refused.old, strict=True))
        if refused.ambiguous or not all(item is None or write.can_replace(item) for write, item in refusals):
            return []
        return [write if item is None else self._plan(write.change, write.write_id, item) for write, item in refusals]

    def _plan(self, change: Change[Any], write_id: str, tombstone: Item) -> Write:
        return self._writer.write(self._mappings[type(change.entity)], change, write_id, tombstone)


def failures(writes: list[Write], refused: Refused) -> list[Failure]:
    """Why writes were refused together; none, if they were made by an attempt whose answer was lost."""
    refusals = [(write, item) for write, item in zip(writes, refused.old, strict=True) if item is not None]
    if any(write.has_happened(item) for write, item in refusals):
        return []
    return [
        Failure(write.kind, write.change.entity.id, write.obstacle(item, ambiguous=refused.ambiguous))
        for write, item in refusals
        if refused.ambiguous or not write.can_replace(item)
    ]
