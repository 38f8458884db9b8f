"""The in-memory adapter, without the repositories of a service."""

from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.persistence import Persistence


class InMemoryPersistence(Persistence):
    """Everything in this process; gone when it ends. A subclass adds a repository per aggregate."""

    store: InMemoryStore

    def __init__(self, relay: Relay) -> None:
        self.outbox = Outbox(relay)
        self.store = InMemoryStore(self.outbox)

    def check(self) -> None:
        """Passes: there is nothing that could be missing."""

    def close(self) -> None:
        self.outbox.drain()
