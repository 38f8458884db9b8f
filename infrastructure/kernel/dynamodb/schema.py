"""The table: what its attributes are called, and the one description it is made from and checked against.

Attributes of the adapter's own begin with an underscore, which no field of an entity can.
"""

from collections.abc import Mapping
from typing import Any

PK = "pk"
"""The partition key: type and id of the aggregate, as in `CRATE#01JD…`."""
SK = "sk"
"""The sort key: `ROOT` for the aggregate itself; other values are free for items that belong to it."""
ROOT = "#"
VERSION = "version"
"""Optimistic locking: how many times the entity has been stored."""
WRITE = "_write"
"""The id of the last write: a repeated request recognises itself by it."""
EVENTS = "_events"
"""The events of the last write, for the stream to carry out."""
GONE = "_gone"
"""Marks a tombstone: the entity was removed, its last events wait here for the stream."""
TTL = "_ttl"
"""When DynamoDB may delete the item by itself, in seconds since 1970."""
LIST = "_list"
"""The partition key of the listing: type and shard."""
POSITION = "_position"
"""The sort key of the listing: the entity's `sort_key`."""
LISTING = "listing"
"""The index of the listing. It projects keys only, so that a save that does not rename costs nothing there."""

TABLE: Mapping[str, Any] = {
    "KeySchema": [{"AttributeName": PK, "KeyType": "HASH"}, {"AttributeName": SK, "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in (PK, SK, LIST, POSITION)],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": LISTING,
            "KeySchema": [
                {"AttributeName": LIST, "KeyType": "HASH"},
                {"AttributeName": POSITION, "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}
"""What CreateTable is given, besides the name."""

TIME_TO_LIVE: Mapping[str, Any] = {"Enabled": True, "AttributeName": TTL}
"""What UpdateTimeToLive is given."""


def differences(described: Mapping[str, Any]) -> list[str]:
    """How a table, as DescribeTable tells of it, differs from what this service needs; more than that is fine."""
    found = []
    if _keys(described) != _keys(TABLE):
        found.append(f"its keys are {_keys(described)}, not {_keys(TABLE)}")
    types = {a["AttributeName"]: a["AttributeType"] for a in described["AttributeDefinitions"]}
    for attribute in TABLE["AttributeDefinitions"]:
        name, type = attribute["AttributeName"], attribute["AttributeType"]
        if types.get(name, type) != type:
            found.append(f"its key attribute {name} is of type {types[name]}, not {type}")
    indexes = {index["IndexName"]: index for index in described.get("GlobalSecondaryIndexes", ())}
    for index in TABLE["GlobalSecondaryIndexes"]:
        name = index["IndexName"]
        if name not in indexes:
            found.append(f"it has no index {name}")
        elif _keys(indexes[name]) != _keys(index):
            found.append(f"the keys of its index {name} are {_keys(indexes[name])}, not {_keys(index)}")
        elif indexes[name].get("IndexStatus", "ACTIVE") not in ("ACTIVE", "UPDATING"):
            found.append(f"its index {name} is {indexes[name]['IndexStatus']}")
    stream = described.get("StreamSpecification", {})
    if stream.get("StreamViewType") != TABLE["StreamSpecification"]["StreamViewType"]:
        found.append(f"its stream shows {stream.get('StreamViewType', 'nothing')}, not new and old images")
    return found


def _keys(of: Mapping[str, Any]) -> str:
    """The keys of a table or index, in words."""
    return ", ".join(f"{key['AttributeName']} ({key['KeyType']})" for key in of["KeySchema"])
