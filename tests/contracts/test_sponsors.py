"""Sponsors keep the contract."""

from domain.sponsor import Sponsor
from tests.builders.sponsors import a_sponsor
from tests.builders.sponsors import changed
from tests.kernel.contracts.repository import RepositoryContract


class TestSponsors(RepositoryContract[Sponsor]):
    provider, make, changed = "sponsors", staticmethod(a_sponsor), staticmethod(changed)
    named = staticmethod(lambda name: a_sponsor(name=name))
