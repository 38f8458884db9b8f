"""Sponsors, to be timed."""

from ulid import ULID

from benchmarks.timings import Subject
from domain.sponsor import Sponsor


def a_sponsor(name: str) -> Sponsor:
    return Sponsor(id=str(ULID()), name=name)


SPONSORS = Subject("Sponsors", Sponsor, make=a_sponsor, make_timed=a_sponsor, rename=Sponsor.rename)
