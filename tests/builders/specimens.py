"""An aggregate of the tests' own, with a field of every type that can be stored."""

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from ulid import ULID

from domain.entity import Entity
from domain.repository import Repository
from domain.text import Name
from domain.value import Value


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Part(Value):
    label: str
    weight: Decimal
    parts: tuple["Part", ...] = ()


class Specimen(Entity):
    name: Name
    text: str = ""
    number: int = 0
    amount: Decimal = Decimal(0)
    ratio: float = 0.0
    flag: bool = False
    moment: datetime = datetime(2026, 1, 31, 12, 30, 15, 123456, tzinfo=UTC)
    day: date = date(2026, 1, 31)
    reference: UUID = UUID(int=7)
    colour: Colour = Colour.RED
    raw: bytes = b""
    words: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    blobs: frozenset[bytes] = frozenset()
    table: tuple[tuple[int, ...], ...] = ()
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    nothing: None = None
    either: int | str = 0

    @property
    def listed_as(self) -> str:
        return self.name


class SpecimenRepository(Repository[Specimen]):
    kind = Specimen


def a_specimen(name: str = "Amber", **fields: Any) -> Specimen:
    return Specimen(id=str(ULID()), name=name, **fields)


def renamed(specimen: Specimen) -> Specimen:
    return specimen.evolve(name=f"{specimen.name} II")
