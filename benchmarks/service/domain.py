"""A basket, as an entity with rules of its own."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.repository import Repository
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.kernel.text import fold
from domain.kernel.value import Value

MAX_LINES = 25


class Size(StrEnum):
    """How large an article is."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Line(Value):
    """An article in a basket."""

    id: Id
    name: Name
    size: Size


class Basket(Entity):
    """What somebody wants to buy: at most 25 lines, in which every id and every name occurs once."""

    name: Name
    lines: tuple[Line, ...] = ()

    @property
    def listed_as(self) -> str:
        return self.name

    @model_validator(mode="after")
    def _keeps_its_rules(self) -> Self:
        if len(self.lines) > MAX_LINES:
            raise InvalidArgument("lines", f"must be at most {MAX_LINES}")
        if len({line.id for line in self.lines}) < len(self.lines):
            raise InvalidArgument("lines", "must have different ids")
        if len({fold(line.name) for line in self.lines}) < len(self.lines):
            raise InvalidArgument("lines", "must have different names")
        return self


class BasketRepository(Repository[Basket]):
    """Stores baskets."""

    kind = Basket
