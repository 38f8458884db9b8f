"""Sponsors for tests."""

from typing import Any

from ulid import ULID

from domain.sponsor import Sponsor

CREATION = {"name": "Northern Rail"}
"""What a client sends to create one."""


def a_sponsor(**fields: Any) -> Sponsor:
    """A new sponsor, with an id of its own."""
    return Sponsor.model_validate({"id": str(ULID()), **CREATION, **fields})


def changed(sponsor: Sponsor) -> Sponsor:
    """The sponsor with something else in it."""
    return sponsor.rename(f"{sponsor.name} II")
