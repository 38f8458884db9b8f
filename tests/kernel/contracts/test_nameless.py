"""An aggregate without any text keeps the contract, too; and shares its table with others that have fields alike."""

from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import ClassVar

import pytest
from pydantic import Field
from ulid import ULID

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.listing import Listing
from domain.kernel.repository import Repository
from domain.kernel.text import Id
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.memory.repository import InMemoryRepository
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.contracts.base import walk
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen
from tests.kernel.service.repositories import InMemoryPersistence


class Weighing(Entity):
    """What a crate weighed, at some time."""

    crate_id: Id
    kilograms: Decimal = Field(gt=0, max_digits=6, decimal_places=2)
    weighed_at: datetime = datetime(2026, 1, 31, tzinfo=UTC)
    weigher: str | None = Field(default=None, pattern="^[A-Z]{3}$")

    scale: int = Field(default=1, gt=0, lt=6)

    of_crate: ClassVar[Listing] = Listing(by="crate_id", order="weighed_at", descending=True)
    of_weigher: ClassVar[Listing] = Listing(by="weigher", order=("scale", "kilograms"))


class WeighingRepository(Repository[Weighing]):
    kind = Weighing


class InMemoryWeighingRepository(InMemoryRepository[Weighing], WeighingRepository):
    """Stores weighings in memory."""


class DynamoDBWeighingRepository(DynamoDBRepository[Weighing], WeighingRepository):
    type_name = "WEIGHING"


def a_weighing(crate_id: str = "c1") -> Weighing:
    return Weighing(id=str(ULID()), crate_id=crate_id, kilograms=Decimal(12))


@pytest.fixture
def repository(container: Container) -> WeighingRepository:
    persistence: Any = container.persistence()
    kept = InMemoryWeighingRepository if isinstance(persistence, InMemoryPersistence) else DynamoDBWeighingRepository
    return kept(persistence.store)


class TestWeighings(RepositoryContract[Weighing]):
    make = staticmethod(a_weighing)
    changed = staticmethod(lambda weighing: weighing.evolve(kilograms=weighing.kilograms + 1))

    @pytest.fixture
    def repository(self, repository: WeighingRepository) -> WeighingRepository:  # the one of this module
        return repository

    def varied(self, entity: Weighing, field: str, number: int | None) -> Weighing:
        if field == "weigher" and number is not None:
            return entity.evolve(weigher=f"A{chr(65 + number // 26)}{chr(65 + number % 26)}")
        return super().varied(entity, field, number)


def test_kinds_with_fields_and_listings_of_the_same_names_are_listed_apart(container, repository):
    weighing = repository.add(a_weighing("c1"))
    specimen = container.specimens().add(a_specimen(crate_id="c1"))

    assert list(walk(repository, Weighing.of_crate("c1"), limit=10)) == [weighing]
    assert list(walk(container.specimens(), Specimen.of_crate("c1"), limit=10)) == [specimen]
    for repository_of_another, query in (
        (repository, Specimen.of_crate("c1")),
        (container.crates(), Weighing.of_crate("c1")),
    ):
        with pytest.raises(InvalidArgument):
            repository_of_another.page(query, limit=10)


def test_a_contract_without_what_it_needs_says_what_that_is():
    with pytest.raises(TypeError, match=r"OfCrates: Crate\.listed_as is overridden: give `named`"):

        class OfCrates(RepositoryContract[Crate]):
            make: Callable[[], Crate]

    class OfWeighings(RepositoryContract[Weighing]):
        make = staticmethod(a_weighing)

    with pytest.raises(
        pytest.fail.Exception, match=r"Weighing refuses .v000. as weigher .* Override OfWeighings\.varied"
    ):
        OfWeighings().varied(a_weighing(), "weigher", 0)
