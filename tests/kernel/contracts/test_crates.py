"""Crates, an aggregate as plain as can be, keep the contract."""

from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.service.domain import Crate


class TestCrates(RepositoryContract[Crate]):
    provider, make, changed, named = "crates", staticmethod(a_crate), staticmethod(renamed), staticmethod(a_crate)
