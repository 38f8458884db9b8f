"""What is promised of more than one batch and more than one page of everything."""

import pytest

from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from tests.kernel.builders.crates import a_crate
from tests.kernel.contracts.base import walk
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate

MANY = 1100
"""More than any store takes or returns at once."""


class QuantitiesContract:
    """What is promised of any number of entities."""

    @pytest.fixture
    def crates(self, container: Container) -> Repository[Crate]:
        return container.crates()

    def test_any_number_of_entities_is_put_read_listed_and_removed(self, crates):
        many = [a_crate(f"Number {number:04d}") for number in range(MANY)]
        stored = [crate.at_version(1) for crate in many]
        ids = [crate.id for crate in many]

        crates.put_many(many)

        assert crates.get_many(ids) == stored
        assert list(walk(crates, Everything(), limit=MAX_PAGE)) == stored

        crates.remove_many(ids[1:])

        assert crates.get_many(ids) == stored[:1]
        assert list(walk(crates, Everything(), limit=MAX_PAGE)) == stored[:1]
