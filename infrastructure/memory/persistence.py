"""The in-memory adapter of this service: a repository per aggregate."""

from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory import persistence
from infrastructure.memory.sponsors import InMemorySponsorRepository
from infrastructure.memory.team_sizes import InMemoryTeamSizeRepository
from infrastructure.memory.teams import InMemoryTeamRepository


class InMemoryPersistence(persistence.InMemoryPersistence):
    """Everything in this process; gone when it ends."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(relay)
        self.sponsors = InMemorySponsorRepository(self.store)
        self.teams = InMemoryTeamRepository(self.store)
        self.team_sizes = InMemoryTeamSizeRepository(self.store)
