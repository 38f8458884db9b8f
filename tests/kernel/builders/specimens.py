"""Specimens for tests."""

from typing import Any

from ulid import ULID

from tests.kernel.service.domain import Specimen


def a_specimen(name: str = "Amber", **fields: Any) -> Specimen:
    return Specimen(id=str(ULID()), name=name, **fields)


def renamed(specimen: Specimen) -> Specimen:
    return specimen.evolve(name=f"{specimen.name} II")
