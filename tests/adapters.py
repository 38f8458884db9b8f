"""Every way of keeping entities, as the tests see it."""

from abc import ABC
from abc import abstractmethod
from contextlib import AbstractContextManager
from contextlib import nullcontext

from domain.events import Event
from domain.repository import Repository
from infrastructure.container import Container
from infrastructure.events.memory import InMemoryEventBus
from infrastructure.memory.persistence import InMemoryPersistence
from infrastructure.memory.repository import InMemoryRepository
from infrastructure.settings import Settings
from tests.builders.specimens import Specimen
from tests.builders.specimens import SpecimenRepository


class Adapter(ABC):
    """How to get a container on an adapter, and what the container does not tell."""

    name: str

    @abstractmethod
    def container(self) -> AbstractContextManager[Container]:
        """A container whose store is empty."""

    @abstractmethod
    def specimens(self, container: Container) -> Repository[Specimen]:
        """A repository for the tests' own aggregate, which the container does not have."""

    @abstractmethod
    def published(self, container: Container) -> list[Event]:
        """What has reached the bus, once everything committed has been carried out."""


class InMemorySpecimenRepository(InMemoryRepository[Specimen], SpecimenRepository):
    """Stores specimens in memory."""


class InMemoryAdapter(Adapter):
    name = "memory"

    def container(self) -> AbstractContextManager[Container]:
        container = Container()
        container.settings.override(Settings(event_bus="memory"))
        return nullcontext(container)

    def specimens(self, container: Container) -> Repository[Specimen]:
        persistence = container.persistence()
        assert isinstance(persistence, InMemoryPersistence)
        return InMemorySpecimenRepository(persistence.store)

    def published(self, container: Container) -> list[Event]:
        bus = container.event_bus()
        assert isinstance(bus, InMemoryEventBus)
        return bus.published


ADAPTERS: tuple[Adapter, ...] = (InMemoryAdapter(),)
