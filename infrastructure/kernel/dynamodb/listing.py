"""Reading a listing: positions in order, from every shard, in bounded queries."""

import heapq
from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from domain.kernel.listing import Query
from infrastructure.kernel.dynamodb.answers import parsed
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.codec import json_of
from infrastructure.kernel.dynamodb.codec import native_item
from infrastructure.kernel.dynamodb.codec import quoted
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.speed import to_json
from infrastructure.kernel.dynamodb.table import Table

MAX_READ = 1000
"""How many entries of one shard a page may read, at least; what does not match counts too."""
_SPARSE = 200
_LAST = "\U0010ffff" * 256  # 1,024 bytes, the longest that a position may be


class Listed(NamedTuple):
    """Positions that match, in order, and after which one the next page begins, if there may be more."""

    listed: list[str]
    after: str | None


def positions(table: Table, index: Index, shards: list[str], query: Query, *, limit: int, after: str | None) -> Listed:
    """The first `limit` matches of `query` beyond `after`; fewer, if reading on would cost more than one page may."""
    backwards = query.listing.descending
    first, last = query.prefix or "\0", _end_of(query.prefix)
    if after is not None:
        first, last = (first, after) if backwards else (after, last)
    size = _SPARSE if query.part else -(-limit // len(shards)) + 2  # with `after` itself, and one that tells of more
    bound = max(MAX_READ, limit + 2)
    read = (_read(table, index, shard, first, last, backwards=backwards, size=size, bound=bound) for shard in shards)
    found: list[str] = []
    for position, is_the_bound in heapq.merge(*read, key=itemgetter(0), reverse=backwards):
        if is_the_bound:
            return Listed(found, position)
        if position != after and query.matches(position):
            if len(found) == limit:
                return Listed(found, found[-1])
            found.append(position)
    return Listed(found, None)


def _read(
    table: Table, index: Index, shard: str, first: str, last: str, *, backwards: bool, size: int, bound: int
) -> Iterator[tuple[str, bool]]:
    """The positions of one shard in order, read as they are asked for; at the bound, the last one again and True."""
    values = {":list": shard, ":first": first, ":last": last}
    request = {
        "TableName": quoted(table.name),
        "IndexName": quoted(index.name),
        "KeyConditionExpression": quoted("#list = :list AND #position BETWEEN :first AND :last"),
        "ExpressionAttributeNames": joined({"#list": quoted(index.partition), "#position": quoted(index.sort)}),
        "ExpressionAttributeValues": joined({name: to_json(value) for name, value in values.items()}),
        "ScanIndexForward": "false" if backwards else "true",
    }
    read = 0
    while True:
        request["Limit"] = str(min(size, bound - read))
        entries = table.read("Query", joined(request), partial(_entries, index))
        for position in entries.positions:
            yield position, False
        read += len(entries.positions)
        if entries.last is None:
            return
        if read >= bound:
            yield entries.last[index.sort]["S"], True
            return
        request["ExclusiveStartKey"] = json_of(entries.last)


class _Entries(NamedTuple):
    """Positions that a query has answered with, and the key of the last one, if there may be more."""

    positions: list[str]
    last: Item | None


def _entries(index: Index, answer: bytes) -> _Entries:
    with parsed(answer) as content:
        positions = [item[index.sort]["S"] for item in content["Items"]]
        last = content.get("LastEvaluatedKey")
        return _Entries(positions, None if last is None else native_item(last))


def _end_of(prefix: str) -> str:
    """The least text above every text that begins with `prefix`. Prefix and U+10FFFF would lose some."""
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return _LAST
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(0xE000 if following == 0xD800 else following)  # surrogates are no characters
