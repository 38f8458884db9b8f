"""A parcel, as four releases of a service have known it: its fields were renamed, split and retyped one after the other.

Each release still stores what the one before it reads, so that the two can run side by side.
"""

from decimal import Decimal
from typing import Any
from typing import ClassVar
from typing import Literal

from pydantic import computed_field

from domain.kernel.entity import Entity
from domain.kernel.events import Event
from domain.kernel.listing import Listing
from domain.kernel.money import Money
from domain.kernel.text import Name
from domain.kernel.upcasting import Upcasters


class Parcel0(Entity):
    """Of the first release."""

    name: Name
    sender: str
    cents: int
    weight: int | None = None

    by_price: ClassVar[Listing] = Listing(order="cents")

    @property
    def listed_as(self) -> str:
        return self.name


def renamed(stored: dict[str, Any]) -> dict[str, Any]:
    """`name` has become `title`."""
    return {**stored, "title": stored["name"]}


class Parcel1(Entity):
    """After `name` was renamed."""

    title: Name
    sender: str
    cents: int
    weight: int | None = None

    by_price: ClassVar[Listing] = Listing(order="cents")
    upcasters: ClassVar[Upcasters] = {0: renamed}
    also_stored: ClassVar[tuple[str, ...]] = ("name",)

    @property
    def listed_as(self) -> str:
        return self.title

    @computed_field  # type: ignore[prop-decorator]  # mypy does not support decorators of properties
    @property
    def name(self) -> str:
        return self.title


def split(stored: dict[str, Any]) -> dict[str, Any]:
    """`sender` has become `first` and `last`."""
    first, _, last = stored["sender"].rpartition(" ")
    return {**stored, "first": first, "last": last}


class Parcel2(Entity):
    """After `sender` was split."""

    title: Name
    first: str
    last: str
    cents: int
    weight: int | None = None

    by_price: ClassVar[Listing] = Listing(order="cents")
    upcasters: ClassVar[Upcasters] = {0: renamed, 1: split}
    also_stored: ClassVar[tuple[str, ...]] = ("sender",)

    @property
    def listed_as(self) -> str:
        return self.title

    @property
    def sender(self) -> str:
        return f"{self.first} {self.last}".strip()


def retyped(stored: dict[str, Any]) -> dict[str, Any]:
    """`cents` has become `price`, and `weight` is in kilograms, no longer in grams."""
    weight = stored.get("weight")
    return {**stored, "price": Decimal(stored["cents"]) / 100, "weight": None if weight is None else f"{weight}e-3"}


class Parcel(Entity):
    """Of this release."""

    title: Name
    first: str
    last: str
    price: Money
    weight: Decimal | None = None

    by_price: ClassVar[Listing] = Listing(order="price")
    upcasters: ClassVar[Upcasters] = {0: renamed, 1: split, 2: retyped}
    also_stored: ClassVar[tuple[str, ...]] = ("cents",)

    @property
    def listed_as(self) -> str:
        return f"{self.last}, {self.title}"

    @property
    def cents(self) -> int:
        return int(self.price * 100)


class ParcelSent(Event):
    """A parcel was sent. Its fields have changed like those of the parcel."""

    type: Literal["ParcelSent"] = "ParcelSent"
    title: Name
    first: str
    last: str
    price: Money

    upcasters: ClassVar[Upcasters] = {0: renamed, 1: split, 2: retyped}

    @computed_field  # type: ignore[prop-decorator]  # mypy does not support decorators of properties
    @property
    def name(self) -> str:
        return self.title
