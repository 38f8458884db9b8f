"""The in-memory adapter, wired: a line per aggregate."""

from infrastructure.events.relay import Relay
from infrastructure.memory.outbox import Outbox
from infrastructure.memory.sponsors import InMemorySponsorRepository
from infrastructure.memory.store import Store
from infrastructure.memory.team_sizes import InMemoryTeamSizeRepository
from infrastructure.memory.teams import InMemoryTeamRepository
from infrastructure.memory.unit_of_work import InMemoryUnitOfWork
from infrastructure.persistence import Persistence


class InMemoryPersistence(Persistence):
    """Everything in this process; gone when it ends."""

    def __init__(self, relay: Relay) -> None:
        self.outbox = Outbox(relay)
        self.store = Store(self.outbox)
        self.sponsors = InMemorySponsorRepository(self.store)
        self.teams = InMemoryTeamRepository(self.store)
        self.team_sizes = InMemoryTeamSizeRepository(self.store)

    def unit_of_work(self) -> InMemoryUnitOfWork:
        return InMemoryUnitOfWork(self.store)

    def check(self) -> None:
        """Passes: there is nothing that could be missing."""

    def close(self) -> None:
        self.outbox.drain()
