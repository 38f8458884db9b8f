"""One kind of aggregate in the table: entity to item, and back."""

import zlib
from math import ceil
from typing import Any
from typing import Generic

from domain.kernel.entity import E
from domain.kernel.entity import can_expire
from domain.kernel.entity import expiry
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unreadable
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import decode
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.codec import encode_fields
from infrastructure.kernel.dynamodb.schema import GONE
from infrastructure.kernel.dynamodb.schema import LIST
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import POSITION
from infrastructure.kernel.dynamodb.schema import ROOT
from infrastructure.kernel.dynamodb.schema import SK
from infrastructure.kernel.dynamodb.schema import TTL
from infrastructure.kernel.dynamodb.schema import VERSION

WRONG_VERSION = f"{VERSION}: must be a whole number above 0"


def version(item: Item) -> int | None:
    """The version that `item` is stored at, if it has one."""
    number = item.get(VERSION, {}).get("N", "")
    return int(number) if number.isdigit() and int(number) > 0 else None


class Mapping(Generic[E]):
    """How entities of `kind` are stored, under keys that begin with `type_name`, listed in `shards` partitions, or none."""

    def __init__(self, kind: type[E], type_name: str, shards: int) -> None:
        if taken := {PK, SK} & kind.model_fields.keys():
            raise TypeError(f"{kind.__name__}.{min(taken)}: the table's own keys are called so")
        self.kind = kind
        self.name = kind.__name__
        self._type_name = type_name
        self.optional = (TTL,) if can_expire(kind) else ()
        """The storage attributes that one entity of `kind` has and another has not."""
        self.listings = [f"{type_name}#{shard}" for shard in range(shards)]

    def key(self, id: str) -> Item:
        """The key of the entity of that id."""
        return {PK: {"S": f"{self._type_name}#{id}"}, SK: {"S": ROOT}}

    def id(self, item: Item) -> str:
        """The id in the key of `item`."""
        return str(item[PK]["S"]).removeprefix(f"{self._type_name}#")

    def owns(self, key: Item) -> bool:
        """Whether `key` is that of an entity of this kind."""
        return key.get(SK) == {"S": ROOT} and str(key.get(PK, {}).get("S")).startswith(f"{self._type_name}#")

    def attributes(self, entity: E) -> Item:
        """All that is stored of `entity`, but for its key."""
        attributes = encode_fields(entity)
        del attributes["id"]
        if self.listings:
            shard = zlib.crc32(entity.id.encode()) % len(self.listings)
            attributes |= {LIST: {"S": self.listings[shard]}, POSITION: {"S": entity.sort_key}}
        until = expiry(entity)
        if until is not None:
            attributes[TTL] = encode(ceil(until.timestamp()))
        return attributes

    def item(self, entity: E) -> Item:
        """All that is stored of `entity`."""
        return {**self.key(entity.id), **self.attributes(entity)}

    def entity(self, item: Item) -> E | None:
        """What `item` stores, attributes that this release does not know left aside; None if it is a tombstone.

        Raises:
            Unreadable: it breaks a rule of this release.
        """
        if GONE in item:
            return None
        id = self.id(item)
        if version(item) is None:
            raise Unreadable(self.name, id, WRONG_VERSION)
        values: dict[str, Any] = {name: decode(item[name]) for name in self.kind.model_fields if name in item}
        try:
            return self.kind.model_validate({**values, "id": id}, extra="ignore")
        except InvalidArgument as exc:
            raise Unreadable(self.name, id, str(exc)) from exc
