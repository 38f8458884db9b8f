"""Sponsors for tests."""

from ulid import ULID

from domain.sponsor import Sponsor


def a_sponsor(name: str = "Northern Rail") -> Sponsor:
    return Sponsor(id=str(ULID()), name=name)


def renamed(sponsor: Sponsor) -> Sponsor:
    return sponsor.rename(f"{sponsor.name} II")
