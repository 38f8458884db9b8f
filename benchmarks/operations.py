"""What is timed: each operation on a variant, and what has to come of it."""

import json
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from re import findall
from typing import Any

from benchmarks.data import IDS
from benchmarks.data import KIND
from benchmarks.data import PAGE
from benchmarks.data import basket
from benchmarks.variants import Variant

TOGETHER = 10


@dataclass(frozen=True)
class Operation:
    """A call, made ready untimed by `prepare`: of a read, `expected` are the baskets; of a write, those that are sent."""

    title: str
    prepare: Callable[[Variant[Any]], Callable[[], Any]]
    expected: list[dict[str, Any]]
    writes: bool = False


def _put(variant: Variant[Any]) -> Callable[[], Any]:
    new = variant.make(basket(0, version=0))
    return lambda: variant.put(new)


def _save(variant: Variant[Any]) -> Callable[[], Any]:
    stored = variant.get(IDS[0])
    return lambda: variant.save(stored)


def _put_together(variant: Variant[Any]) -> Callable[[], Any]:
    new = [variant.make(basket(number, version=0)) for number in range(TOGETHER)]
    return lambda: variant.put_together(new)


OPERATIONS: Mapping[str, Operation] = {
    "get": Operation("get", lambda variant: lambda: [variant.get(IDS[0])], [basket(0)]),
    "put": Operation("put", _put, [basket(0)], writes=True),
    "save": Operation("save", _save, [basket(0, version=2)], writes=True),
    "page": Operation("page of 100", lambda variant: variant.page, [basket(number) for number in range(PAGE)]),
    "batch": Operation(
        "batch get of 100",
        lambda variant: lambda: variant.get_many(IDS[:100]),
        [basket(number) for number in range(100)],
    ),
    "together": Operation(
        f"transaction of {TOGETHER}",
        _put_together,
        [basket(number) for number in range(TOGETHER)],
        writes=True,
    ),
    "thousand": Operation(
        "batch get of 1000, 20 ms per request",
        lambda variant: lambda: variant.get_many(IDS),
        [basket(number) for number in range(len(IDS))],
    ),
}


def written(body: bytes) -> list[dict[str, Any]]:
    """The baskets in the body of a write."""
    request = json.loads(body)
    actions = request.get("TransactItems", [{"": request}])
    return [_basket(change) for action in actions for change in action.values()]


def _basket(change: Mapping[str, Any]) -> dict[str, Any]:
    item = change.get("Item") or {**change["Key"], **_updated(change)}
    lines = [{name: value["S"] for name, value in line["M"].items()} for line in item["lines"]["L"]]
    return {
        "id": item["pk"]["S"].removeprefix(f"{KIND}#"),
        "version": int(item["version"]["N"]),
        "name": item["name"]["S"],
        "lines": lines,
    }


def _updated(change: Mapping[str, Any]) -> dict[str, Any]:
    names, values = change["ExpressionAttributeNames"], change["ExpressionAttributeValues"]
    return {names[name]: values[value] for name, value in findall(r"(#\w+) = (:\w+)", change["UpdateExpression"])}
