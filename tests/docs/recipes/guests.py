"""Guests of the club, whose fields have changed since the first release, and the event that tells of them."""

from decimal import Decimal
from typing import Any
from typing import ClassVar
from typing import Literal

from pydantic import computed_field

from domain.kernel.entity import Entity
from domain.kernel.events import Event
from domain.kernel.money import Money
from domain.kernel.text import Name
from domain.kernel.upcasting import Upcasters


def split_name(stored: dict[str, Any]) -> dict[str, Any]:
    """Version 0 had the field `name`."""
    first, _, last = stored["name"].rpartition(" ")
    return {**stored, "first": first, "last": last}


def fee_in_money(stored: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had the field `cents`, a whole number."""
    return {**stored, "fee": Decimal(stored["cents"]) / 100}


class Guest(Entity):
    """Somebody who visits the club for a day."""

    first: str
    last: Name
    fee: Money

    upcasters: ClassVar[Upcasters] = {0: split_name, 1: fee_in_money}
    also_stored: ClassVar[tuple[str, ...]] = ("cents",)

    @property
    def listed_as(self) -> str:
        return self.last

    @property
    def cents(self) -> int:
        """The fee as the release before knows it."""
        return int(self.fee * 100)


class GuestCame(Event):
    """A guest came into the club."""

    type: Literal["GuestCame"] = "GuestCame"
    first: str
    last: Name

    upcasters: ClassVar[Upcasters] = {0: split_name}

    @computed_field  # type: ignore[prop-decorator]  # mypy does not support decorators of properties
    @property
    def name(self) -> str:
        """The name as consumers still read it."""
        return f"{self.first} {self.last}".strip()
