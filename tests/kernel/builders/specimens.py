"""Specimens for tests."""

from decimal import Decimal
from typing import Any

from ulid import ULID

from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen


def a_specimen(name: str = "Amber", **fields: Any) -> Specimen:
    return Specimen(id=str(ULID()), name=name, **fields)


def renamed(specimen: Specimen) -> Specimen:
    return specimen.evolve(name=f"{specimen.name} II")


def parts_inside_one_another(levels: int) -> tuple[Part, ...]:
    """A part in a part in a part, as many as `levels`."""
    parts: tuple[Part, ...] = ()
    for level in range(levels):
        parts = (Part(label=f"part {level}", weight=Decimal(level), parts=parts),)
    return parts
