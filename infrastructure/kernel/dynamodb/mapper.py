"""One kind of aggregate in the table: entity to item, and back."""

import logging
import zlib
from hashlib import sha256
from math import ceil
from typing import Any
from typing import Generic

from domain.kernel.entity import E
from domain.kernel.entity import OtherForm
from domain.kernel.entity import can_expire
from domain.kernel.entity import expiry
from domain.kernel.entity import in_life
from domain.kernel.entity import life_of
from domain.kernel.entity import listings_of
from domain.kernel.entity import of_other_form
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unreadable
from domain.kernel.listing import Listing
from domain.kernel.upcasting import schema_version
from domain.kernel.upcasting import upcast
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import JsonItem
from infrastructure.kernel.dynamodb.codec import decode
from infrastructure.kernel.dynamodb.codec import quoted
from infrastructure.kernel.dynamodb.schema import EVENTS
from infrastructure.kernel.dynamodb.schema import GONE
from infrastructure.kernel.dynamodb.schema import LIFE
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import ROOT
from infrastructure.kernel.dynamodb.schema import SK
from infrastructure.kernel.dynamodb.schema import TRACE
from infrastructure.kernel.dynamodb.schema import TTL
from infrastructure.kernel.dynamodb.schema import VERSION
from infrastructure.kernel.dynamodb.schema import WRITE
from infrastructure.kernel.dynamodb.schema import listing_index
from infrastructure.kernel.dynamodb.speed import to_json

logger = logging.getLogger(__name__)

MAX_PARTITION = 512
"""The longest partition of a listing that is part of a key as it is; DynamoDB takes keys of up to 2,048 bytes."""
MAX_ATTRIBUTES = 300
"""How many attributes one update sets or removes, at most: so many operators an expression may have, in 4,096 bytes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
"""
WRONG_VERSION = f"{VERSION}: must be a whole number above 0"


def version(item: Item) -> int | None:
    """The version that `item` is stored at, if it has one."""
    number = item.get(VERSION, {}).get("N", "")
    return int(number) if number.isdigit() and int(number) > 0 else None


def written_in(item: Item) -> int:
    """The schema version of the last write of `item`: 0, unless it says another one."""
    number = str(item.get(WRITE, {}).get("S", "")).partition("#")[2]
    return int(number) if number.isdigit() else 0


def life(item: Item) -> str | None:
    """Which life of its id `item` is of, if it says so."""
    return decode(item[LIFE]) if LIFE in item else None


def removed_at(tombstone: Item) -> int:
    """The version that the removal produced; 0 if the tombstone does not tell it."""
    number = tombstone[GONE].get("N", "")
    return int(number) if number.isdigit() else 0


class Mapper(Generic[E]):
    """How entities of `kind` are stored, under keys that begin with `type_name`.

    A listing without `by` is kept in `shards` partitions. Without any shards, no listing is kept.

    Raises:
        TypeError: a stored field has the name of a key of the table, or there are too many fields for one update.
    """

    def __init__(self, kind: type[E], type_name: str, shards: int) -> None:
        if taken := {PK, SK} & {*kind.model_fields, *kind.also_stored, *kind.no_longer_stored}:
            raise TypeError(f"{kind.__name__}.{min(taken)}: the table's own keys are called so")
        self.kind = kind
        self.name = kind.__name__
        self.prefix = f"{type_name}#"
        """What the keys of its entities begin with."""
        self._type_name = type_name
        self._shards = shards
        self.schema_version = schema_version(kind)
        self._stored = [name for name in (*kind.model_fields, *kind.also_stored) if name != "id"]
        self.indexes = {listing: listing_index(n) for n, listing in enumerate(listings_of(kind))} if shards else {}
        """Where each of its listings is kept."""
        keys = (key for index in self.indexes.values() for key in (index.partition, index.sort))
        self._can_expire = can_expire(kind)
        self.optional = (*[TTL] * self._can_expire, *keys, *kind.no_longer_stored)
        """The attributes that a save removes if it does not set them."""
        changing = {WRITE, EVENTS, TRACE, *self.optional, *self._stored}
        if len(changing) > MAX_ATTRIBUTES:
            raise TypeError(
                f"{kind.__name__}: one update can change {MAX_ATTRIBUTES} attributes, not {len(changing)}; "
                "put some of its fields together in a value"
            )

    def key(self, id: str) -> Item:
        """The key of the entity of that id."""
        return {PK: {"S": f"{self.prefix}{id}"}, SK: {"S": ROOT}}

    def id(self, item: Item) -> str:
        """The id in the key of `item`."""
        return str(item[PK]["S"]).removeprefix(self.prefix)

    def owns(self, key: Item) -> bool:
        """Whether `key` is that of an entity of this kind."""
        return key.get(SK) == {"S": ROOT} and str(key.get(PK, {}).get("S")).startswith(self.prefix)

    def key_json(self, id: str) -> JsonItem:
        """The same, for a request."""
        return {PK: f'{{"S":{quoted(f"{self.prefix}{id}")}}}', SK: f'{{"S":"{ROOT}"}}'}

    def write_id(self, id: str) -> str:
        """What every write of that id leaves in `WRITE`."""
        return f"{id}#{self.schema_version}" if self.schema_version else id

    def attributes(self, entity: E) -> JsonItem:
        """All that every write stores of `entity`, but for its key."""
        attributes = {name: to_json(getattr(entity, name)) for name in self._stored}
        for listing, index in self.indexes.items():
            if (place := listing.place(entity)) is not None:
                shards = self.shards(listing, place.partition)
                shard = shards[zlib.crc32(entity.id.encode()) % len(shards)]
                attributes |= {index.partition: to_json(shard), index.sort: to_json(place.position)}
        until = expiry(entity) if self._can_expire else None
        if until is not None:
            attributes[TTL] = to_json(ceil(until.timestamp()))
        return attributes

    def shards(self, listing: Listing, partition: str) -> list[str]:
        """The partition keys, in the index of `listing`, of the entities that have that `partition`."""
        if len(partition) > MAX_PARTITION:
            partition = f"#={sha256(partition.encode()).hexdigest()}"  # no other partition has a "="
        one = f"{self._type_name}{partition}"
        return [one] if listing.by else [f"{one}#{shard}" for shard in range(self._shards)]

    def item(self, entity: E) -> JsonItem:
        """All that is stored of `entity`."""
        return {**self.key_json(entity.id), **self.attributes(entity), **self.life(entity)}

    def life(self, entity: E) -> JsonItem:
        """Which life of its id `entity` is a copy of, if that is known."""
        known = life_of(entity)
        return {} if known is None else {LIFE: to_json(known)}

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
        form = OtherForm(written_in(item), item)
        try:
            fields = self._upcast(item) if form.version < self.schema_version else self._fields(item)
            entity = in_life(self.kind.model_validate(fields, extra="ignore"), life(item))
        except InvalidArgument as exc:
            logger.debug("%s %s: %s", self.name, id, exc)
            raise Unreadable(self.name, id, str(exc), where=exc.inputs) from exc
        except Exception as exc:  # a validator of the owner's may raise anything, and must not harm the rest of a page
            raise Unreadable(self.name, id, repr(exc), where=f"a validator, by {type(exc).__name__},") from exc
        return entity if form.version == self.schema_version else of_other_form(entity, form)

    def _fields(self, item: Item) -> dict[str, Any]:
        return {**{name: decode(item[name]) for name in self.kind.model_fields if name in item}, "id": self.id(item)}

    def _upcast(self, item: Item) -> dict[str, Any]:
        """The same of an item in an older schema version."""
        key = {"id": self.id(item), VERSION: decode(item[VERSION])}
        stored = {name: decode(value) for name, value in item.items() if not (name in (PK, SK) or name[0] == "_")}
        return {**upcast(self.kind, {**stored, **key}, written_in(item)), **key}
