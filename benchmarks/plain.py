"""A basket as a plain pydantic model, without the rules of an entity, and its way to and from the items of a library."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from benchmarks.data import KIND


class Size(StrEnum):
    """How large an article is."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Line(BaseModel):
    """An article in a basket."""

    id: str
    name: str
    size: Size


class Basket(BaseModel):
    """What is stored."""

    id: str
    version: int
    name: str
    lines: tuple[Line, ...]


def key(id: str) -> dict[str, str]:
    """The key of a basket."""
    return {"pk": f"{KIND}#{id}", "sk": "#"}


def values(item: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a basket, from an item in Python's types."""
    return {
        "id": item["pk"].removeprefix(f"{KIND}#"),
        "version": int(item["version"]),
        "name": item["name"],
        "lines": item["lines"],
    }


def attributes(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a basket beside its key, in Python's types, one version higher."""
    return {"version": fields["version"] + 1, "name": fields["name"], "lines": list(fields["lines"])}
