"""One kind of aggregate in the table: entity to item, and back."""

import logging
import zlib
from collections.abc import Mapping
from collections.abc import Sequence
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
from infrastructure.kernel.dynamodb.schema import Index
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

    A listing without `by` is kept once for each number of `shards`, and read where it is in the first number. Without any
    number, no listing is kept.

    Raises:
        TypeError: a stored field has the name of a key of the table, or there are too many fields for one update.
    """

    def __init__(self, kind: type[E], type_name: str, shards: Sequence[int]) -> None:
        if taken := {PK, SK} & {*kind.model_fields, *kind.also_stored, *kind.no_longer_stored}:
            raise TypeError(f"{kind.__name__}.{min(taken)}: the table's own keys are called so")
        self.kind = kind
        self.name = kind.__name__
        self.prefix = f"{type_name}#"
        """What the keys of its entities begin with."""
        self._type_name = type_name
        self.schema_version = schema_version(kind)
        self._stored = [name for name in (*kind.model_fields, *kind.also_stored) if name != "id"]
        self.layouts: Mapping[Listing, Sequence[tuple[Index, int]]] = {
            listing: [(listing_index(number, each), each) for each in ((1,) if listing.by else shards)]
            for number, listing in enumerate(listings_of(kind) if shards else ())
        }
        """Where each of its listings is kept: indexes, and how many shards it has there. It is read in the first one."""
        self.indexes = [index for layouts in self.layouts.values() for index, _ in layouts]
        """Those that its listings are kept in."""
        keys = dict.fromkeys(key for index in self.indexes for key in (index.partition, index.sort))
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
        for listing, layouts in self.layouts.items():
            if (place := listing.place(entity)) is not None:
                for index, shards in layouts:
                    shard = self._shard(listing, place.partition, _number(entity.id, shards))
                    attributes |= {index.partition: to_json(shard), index.sort: to_json(place.position)}
        until = expiry(entity) if self._can_expire else None
        if until is not None:
            attributes[TTL] = to_json(ceil(until.timestamp()))
        return attributes

    def shards(self, listing: Listing, partition: str) -> list[str]:
        """The partition keys, in the index that `listing` is read from, of the entities that have that `partition`."""
        _, shards = self.layouts[listing][0]
        return [self._shard(listing, partition, number) for number in range(shards)]

    def lacking(self, item: Item) -> dict[Index, str]:
        """The partition keys that `item` has not, and should have to be in all indexes of the listings that it is in.

        A shard depends on the id alone. So it is the same in every version of the entity, and in every form of the item.
        """
        id = self.id(item)
        needed = {
            index: self._shard(listing, listing.partition(), _number(id, shards))
            for listing, layouts in self.layouts.items()
            for index, shards in layouts
            if index.sort in item and not listing.by
        }
        return {index: shard for index, shard in needed.items() if item.get(index.partition) != {"S": shard}}

    def _shard(self, listing: Listing, partition: str, number: int) -> str:
        if len(partition) > MAX_PARTITION:
            partition = f"#={sha256(partition.encode()).hexdigest()}"  # no other partition has a "="
        return f"{self._type_name}{partition}" if listing.by else f"{self._type_name}{partition}#{number}"

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


def _number(id: str, shards: int) -> int:
    """Which one of so many shards the entity of that id is in."""
    return zlib.crc32(id.encode()) % shards
