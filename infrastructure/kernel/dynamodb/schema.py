"""The table: what its attributes are called, and the one description it is made from and checked against.

Attributes of the adapter's own begin with an underscore, which no field of an entity can.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import Literal
from typing import NamedTuple

PK = "pk"
"""The partition key: type and id of the aggregate, as in `CRATE#01JD…`."""
SK = "sk"
"""The sort key: `ROOT` for the aggregate itself; other values are free for items that belong to it."""
ROOT = "#"
VERSION = "version"
"""Optimistic locking: how many times the entity has been stored."""
WRITE = "_write"
"""The id of the last write: a repeated request recognises itself by it. After a `#`: the schema version, if it is not 0.

Every write of every release replaces it. An attribute of its own would survive the save of a release that does not know
it, and then call a newer version what that release has stored.
"""
LIFE = "_life"
"""The id of the life that began when the item was added: it stays the same until the removal, and in the tombstone."""
EVENTS = "_events"
"""The events of the last write, for the stream to carry out."""
SCHEMA = "_schema"
"""In a stored event: its schema version, if it is not 0."""
TRACE = "_trace"
"""The request that wrote the events: `traceparent`, and its id, if that is another one. Older releases wrote none."""
GONE = "_gone"
"""Marks a tombstone, and holds the version that the removal produced: an addition goes on counting from there."""
TTL = "_ttl"
"""When DynamoDB may delete the item by itself, in seconds since 1970."""


class Index(NamedTuple):
    """A global secondary index by two attributes that hold texts. An item without one of them is not in it.

    It projects keys only, unless it is told to project all: a save that changes no key then costs nothing there.
    """

    name: str
    partition: str
    sort: str
    projection: Literal["KEYS_ONLY", "ALL"] = "KEYS_ONLY"

    @property
    def description(self) -> Mapping[str, Any]:
        """What CreateTable and UpdateTable are given."""
        keys = _key_schema(self.partition, self.sort)
        return {"IndexName": self.name, "KeySchema": keys, "Projection": {"ProjectionType": self.projection}}

    @property
    def attributes(self) -> Sequence[Mapping[str, str]]:
        """The definitions of its two attributes."""
        return _attributes(self.partition, self.sort)


def listing_index(number: int, shards: int = 1) -> Index:
    """The index that the listings of that number share, whatever their kind; 0 is the number of those by text.

    Listings that are spread over several `shards` have another index, with the same positions. So no write of a release
    that does not know that index leaves an entity at an old position there, or leaves a removed one there.
    """
    suffix = str(number + 1) if number else ""
    layout = f"_{shards}" if shards > 1 else ""
    return Index(f"listing{suffix}{layout}", f"_list{suffix}{layout}", f"_position{suffix}")


def description(indexes: Sequence[Index]) -> Mapping[str, Any]:
    """What CreateTable is given, besides the name, for a table with these indexes."""
    attributes = [PK, SK, *(name for index in indexes for name in (index.partition, index.sort))]
    described = [index.description for index in indexes]
    return {
        "KeySchema": _key_schema(PK, SK),
        "AttributeDefinitions": _attributes(*dict.fromkeys(attributes)),
        **({"GlobalSecondaryIndexes": described} if described else {}),  # DynamoDB refuses an empty list
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


TIME_TO_LIVE: Mapping[str, Any] = {"Enabled": True, "AttributeName": TTL}
"""What UpdateTimeToLive is given."""


def differences(described: Mapping[str, Any], indexes: Sequence[Index]) -> list[str]:
    """How a table, as DescribeTable tells of it, differs from one with these indexes; more than that is fine."""
    needed = description(indexes)
    found = []
    if _keys(described) != _keys(needed):
        found.append(f"its keys are {_keys(described)}, not {_keys(needed)}")
    types = {a["AttributeName"]: a["AttributeType"] for a in described["AttributeDefinitions"]}
    for attribute in needed["AttributeDefinitions"]:
        name, type = attribute["AttributeName"], attribute["AttributeType"]
        if types.get(name, type) != type:
            found.append(f"its key attribute {name} is of type {types[name]}, not {type}")
    present = {index["IndexName"]: index for index in described.get("GlobalSecondaryIndexes", ())}
    for index in needed.get("GlobalSecondaryIndexes", ()):
        name = index["IndexName"]
        if name not in present:
            found.append(f"it has no index {name}")
        elif _keys(present[name]) != _keys(index):
            found.append(f"the keys of its index {name} are {_keys(present[name])}, not {_keys(index)}")
        elif present[name].get("IndexStatus", "ACTIVE") not in ("ACTIVE", "UPDATING"):
            found.append(f"its index {name} is {present[name]['IndexStatus']}")
    stream = described.get("StreamSpecification", {})
    if stream.get("StreamViewType") != needed["StreamSpecification"]["StreamViewType"]:
        found.append(f"its stream shows {stream.get('StreamViewType', 'nothing')}, not new and old images")
    return found


def _attributes(*names: str) -> list[Mapping[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def _key_schema(partition: str, sort: str) -> list[Mapping[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def _keys(of: Mapping[str, Any]) -> str:
    """The keys of a table or index, in words."""
    return ", ".join(f"{key['AttributeName']} ({key['KeyType']})" for key in of["KeySchema"])
