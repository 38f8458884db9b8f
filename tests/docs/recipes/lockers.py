"""Lockers of the club, which were stored before they had a size."""

from enum import StrEnum
from typing import Any
from typing import ClassVar

from domain.kernel.entity import Entity
from domain.kernel.text import Name
from domain.kernel.upcasting import Upcasters


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


def with_size(stored: dict[str, Any]) -> dict[str, Any]:
    """Version 0 had no `size`."""
    return {"size": Size.SMALL, **stored}


class Locker(Entity):
    """A locker, which members can rent."""

    name: Name
    size: Size

    upcasters: ClassVar[Upcasters] = {0: with_size}

    @property
    def listed_as(self) -> str:
        return self.name
