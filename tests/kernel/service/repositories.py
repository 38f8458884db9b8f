"""The adapters of the tiny service."""

from collections.abc import Callable
from datetime import datetime

from infrastructure.kernel.dynamodb import persistence as dynamodb
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory import persistence as memory
from infrastructure.kernel.memory.repository import InMemoryRepository
from infrastructure.kernel.settings import Settings
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateRepository
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import SpecimenRepository


class InMemoryCrateRepository(InMemoryRepository[Crate], CrateRepository):
    """Stores crates in memory."""


class InMemorySpecimenRepository(InMemoryRepository[Specimen], SpecimenRepository):
    """Stores specimens in memory."""


class InMemoryPersistence(memory.InMemoryPersistence):
    def __init__(self, relay: Relay) -> None:
        super().__init__(relay)
        self.crates = InMemoryCrateRepository(self.store)
        self.specimens = InMemorySpecimenRepository(self.store)


class DynamoDBCrateRepository(DynamoDBRepository[Crate], CrateRepository):
    type_name = "CRATE"


class DynamoDBSpecimenRepository(DynamoDBRepository[Specimen], SpecimenRepository):
    type_name = "SPECIMEN"


class DynamoDBPersistence(dynamodb.DynamoDBPersistence):
    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings, now)
        self.crates = DynamoDBCrateRepository(self.store)
        self.specimens = DynamoDBSpecimenRepository(self.store)
