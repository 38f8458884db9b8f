"""Reading the listing: sort keys in order, from every shard, in bounded queries."""

import heapq
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from domain.kernel.repository import Query
from infrastructure.kernel.dynamodb.schema import LIST
from infrastructure.kernel.dynamodb.schema import LISTING
from infrastructure.kernel.dynamodb.schema import POSITION
from infrastructure.kernel.dynamodb.table import Table

MAX_READ = 1000
"""How many entries of one shard a page may read, at least; what does not match counts too."""
_SPARSE = 200
_LAST = "\U0010ffff" * 256  # 1,024 bytes, the longest that a sort key may be


class Found(NamedTuple):
    """Sort keys that match, in order, and after which one the next page begins, if there may be more."""

    sort_keys: list[str]
    after: str | None


def find(table: Table, listings: list[str], query: Query, *, limit: int, after: str | None) -> Found:
    """The first `limit` matches of `query` beyond `after`; fewer, if reading on would cost more than one page may."""
    first = query.prefix if after is None else max(query.prefix, after + "\0")
    last = _end_of(query.prefix)
    if first > last:
        return Found([], None)
    takes_all_it_reads = type(query).matches is Query.matches
    size = -(-limit // len(listings)) + 1 if takes_all_it_reads else _SPARSE
    bound = max(MAX_READ, limit + 1)
    shards = [_read(table, listing, first or "\0", last, size=size, bound=bound) for listing in listings]
    found: list[str] = []
    for sort_key, is_the_bound in heapq.merge(*shards):
        if is_the_bound:
            return Found(found, sort_key)
        if query.matches(sort_key):
            if len(found) == limit:
                return Found(found, found[-1])
            found.append(sort_key)
    return Found(found, None)


def _read(table: Table, listing: str, first: str, last: str, *, size: int, bound: int) -> Iterator[tuple[str, bool]]:
    """The sort keys of one shard in order, read as they are asked for; at the bound, the last one again and True."""
    request: dict[str, Any] = {
        "TableName": table.name,
        "IndexName": LISTING,
        "KeyConditionExpression": "#list = :list AND #position BETWEEN :first AND :last",
        "ExpressionAttributeNames": {"#list": LIST, "#position": POSITION},
        "ExpressionAttributeValues": {":list": {"S": listing}, ":first": {"S": first}, ":last": {"S": last}},
    }
    read = 0
    while True:
        answer = table.call("query", **request, Limit=min(size, bound - read))
        for item in answer["Items"]:
            yield item[POSITION]["S"], False
        read += len(answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        if read >= bound:
            yield answer["LastEvaluatedKey"][POSITION]["S"], True
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _end_of(prefix: str) -> str:
    """The least text above every text that begins with `prefix`. Prefix and U+10FFFF would lose some."""
    stem = prefix.rstrip("\U0010ffff")
    if not stem:
        return _LAST
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(0xE000 if following == 0xD800 else following)  # surrogates are no characters
