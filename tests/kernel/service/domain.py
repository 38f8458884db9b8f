"""What the tiny service is about."""

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from enum import StrEnum
from typing import Annotated
from typing import ClassVar
from typing import Literal
from typing import Self
from uuid import UUID

from pydantic import Field

from domain.kernel.entity import Entity
from domain.kernel.events import Event
from domain.kernel.listing import Listing
from domain.kernel.money import Money
from domain.kernel.repository import Repository
from domain.kernel.text import Id
from domain.kernel.text import Name
from domain.kernel.value import Value


class Crate(Entity):
    """Something with a name."""

    name: Name

    @property
    def listed_as(self) -> str:
        return self.name

    def rename(self, name: str) -> Self:
        return self.evolve(name=name)


class CrateRepository(Repository[Crate]):
    kind = Crate


class CrateCreated(Event):
    """A crate was created."""

    type: Literal["CrateCreated"] = "CrateCreated"
    name: Name


class CrateRenamed(Event):
    """A crate was given another name."""

    type: Literal["CrateRenamed"] = "CrateRenamed"
    name: Name


class CrateRemoved(Event):
    """A crate was removed."""

    type: Literal["CrateRemoved"] = "CrateRemoved"


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Grade(IntEnum):
    FAIR = 1
    FINE = 2


Code = Annotated[str, Field(pattern=r"^[A-Z]-[0-9]+$", examples=["A-1", "Z-007"])]


class Part(Value):
    label: str
    weight: Decimal
    parts: tuple["Part", ...] = ()


class Sphere(Value):
    shape: Literal["sphere"] = "sphere"
    radius: Decimal


class Cuboid(Value):
    shape: Literal["cuboid"] = "cuboid"
    edges: tuple[Decimal, Decimal, Decimal]


class Specimen(Entity):
    """Something with a field of every type, in listings of every kind."""

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
    price: Money = Decimal(0)
    discount: Money | None = None
    grams: Decimal = Field(default=Decimal(0), ge=0, max_digits=9, decimal_places=3, examples=[Decimal("0.125")])
    code: Code = "A-1"
    moments: frozenset[datetime] = frozenset()
    ratios: tuple[float, ...] = ()
    weights: frozenset[Decimal | str | None] = frozenset()
    grade: Grade = Grade.FAIR
    packing: Literal["loose", "tight"] = "loose"
    form: Sphere | Cuboid | None = None
    pair: tuple[int, str] = (0, "")
    references: frozenset[UUID] = frozenset()
    days: frozenset[date] = frozenset()
    colours: frozenset[Colour] = frozenset()
    measure: Decimal | str = ""
    content: bytes | str | None = None
    since: datetime | int | None = None
    until: date | float | None = None
    origin: UUID | bool = False
    rank: Grade | Colour = Grade.FAIR
    notes: tuple[str, ...] | str = ""
    mixture: tuple[Decimal | bytes | bool | str | None, ...] = ()
    crate_id: Id | None = None
    expires_at: datetime | None = None
    seen_at: datetime | None = None

    of_crate: ClassVar[Listing] = Listing(by="crate_id")
    of_colour: ClassVar[Listing] = Listing(by="colour", order="seen_at", descending=True)
    by_amount: ClassVar[Listing] = Listing(order="amount")
    of_text: ClassVar[Listing] = Listing(by="text", order="number")
    of_flag_and_day: ClassVar[Listing] = Listing(by=("flag", "day"), order=("reference", "text", "colour"))

    @property
    def listed_as(self) -> str:
        return self.name


class SpecimenRepository(Repository[Specimen]):
    kind = Specimen


class SpecimenPriced(Event):
    """A specimen was given a price: fields with rules of their own, in an event."""

    type: Literal["SpecimenPriced"] = "SpecimenPriced"
    price: Money
    grams: Decimal = Field(max_digits=9, decimal_places=3, examples=[Decimal("0.125")])
    code: Code
    colour: Colour
    moment: datetime


class SpecimenAssembled(Event):
    """A specimen was put together: values inside one another, in an event."""

    type: Literal["SpecimenAssembled"] = "SpecimenAssembled"
    parts: tuple[Part, ...]
