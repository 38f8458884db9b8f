"""A small sound adapter, "a server and its clients", with all that can go wrong between them."""

import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any
from typing import TypeVar

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.listing import Query
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory.outbox import Committed
from infrastructure.kernel.memory.outbox import Outbox
from infrastructure.kernel.memory.store import InMemoryStore
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.repository import StoredRepository
from infrastructure.kernel.store import Found
from infrastructure.kernel.store import Read
from infrastructure.kernel.store import Store
from infrastructure.kernel.store import Token
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import CrateRepository
from tests.kernel.service.domain import Specimen
from tests.kernel.service.domain import SpecimenRepository
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import bounded

T = TypeVar("T")

Request = Callable[[], Any]
"""What a client asks of the server; calling it takes it there and brings the answer."""
Fault = Callable[[Request], Any]
"""What becomes of a request on its way."""


def deliver(request: Request) -> Any:
    """No fault."""
    return request()


def lose_the_answer(request: Request) -> Any:
    request()
    raise ConnectionResetError("the connection was reset")


def lose_the_request(_: Request) -> Any:
    raise ConnectionResetError("the connection was reset")


def refuse(_: Request) -> Any:
    raise ConnectionRefusedError("nobody listens")


class Waiting(Outbox):
    """The events of all writes, until a client says that they are carried."""

    def __init__(self) -> None:
        self.commits: list[Committed] = []

    def append(self, events: tuple[Event, ...]) -> None:
        if events:
            self.commits.append(Committed(events))

    def drain(self) -> None:
        """Clients do that."""

    def waiting(self) -> list[Committed]:
        return list(self.commits)

    def forget(self, carried: Sequence[Committed]) -> None:
        self.commits = [commit for commit in self.commits if commit not in carried]


class Server(InMemoryStore):
    """What outlives the clients: entities, events that wait, and the commits that were made, by their tokens."""

    def __init__(self) -> None:
        self.outbox = Waiting()
        super().__init__(self.outbox)
        self.made: dict[str, Sequence[Change[Any]]] = {}
        self._one_at_a_time = Lock()

    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        with self._one_at_a_time:
            if token is not None and token.id in self.made:
                return self.made[token.id]
            made = super().write(changes)
            if token is not None:
                self.made[token.id] = made
            return made


class Client(Store):
    """The store of one process: everything is asked of the server."""

    name = "the server"

    def __init__(self, server: Server, relay: Relay) -> None:
        self.server = server
        self.fault: Fault = deliver
        self._relay = relay

    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        return self.ask(lambda: self.server.read(kind, ids, consistent=consistent))

    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        made = self.ask(lambda: self.server.write(changes, token), changes=True)
        self.carry()
        return made

    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        return self.ask(lambda: self.server.find(kind, query, limit=limit, after=after))

    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        self.ask(lambda: self.server.put(kind, entities), changes=True)

    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        self.ask(lambda: self.server.drop(kind, ids), changes=True)

    def ask(self, request: Callable[[], T], *, changes: bool = False) -> T:
        """The answer of the server; `changes` says that the request may change something there.

        Raises:
            Unavailable: it cannot be reached, or does not answer.
        """
        try:
            return bounded(self.send, request)
        except OutOfTime as exc:
            raise Unavailable(f"{self.name} {exc}", maybe_applied=changes) from exc
        except ConnectionRefusedError as exc:
            raise Unavailable(f"{self.name} cannot be reached") from exc
        except ConnectionError as exc:
            raise Unavailable(f"{self.name} did not answer", maybe_applied=changes) from exc

    def send(self, request: Callable[[], T]) -> T:
        answer: T = self.fault(request)
        return answer

    def carry(self) -> None:
        """Hands the waiting events to the bus. Events that it refuses wait for the next time. Never raises."""
        try:
            while waiting := self.ask(self.server.outbox.waiting):
                done = self._relay.carry(waiting)
                self.forget(waiting[:done])
                if done < len(waiting):
                    return
        except Unavailable:
            return

    def forget(self, carried: Sequence[Committed]) -> None:
        self.ask(lambda: self.server.outbox.forget(carried))

    @contextmanager
    def meeting(self, fault: Fault) -> Iterator[None]:
        """Every request in the block meets that fault."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = deliver

    @contextmanager
    def held(self) -> Iterator[bool]:
        """No request is answered in the block; they arrive at its end."""
        is_over = threading.Event()

        def hold(request: Request) -> Any:
            is_over.wait()
            return request()

        with self.meeting(hold):
            try:
                yield True
            finally:
                is_over.set()


class RemoteCrateRepository(StoredRepository[Crate, Client], CrateRepository):
    """Stores crates on a server."""


class RemoteSpecimenRepository(StoredRepository[Specimen, Client], SpecimenRepository):
    """Stores specimens on a server."""


class RemotePersistence(Persistence):
    """Everything on a server."""

    store: Client

    def __init__(self, store: Client) -> None:
        self.store = store
        self.crates = RemoteCrateRepository(store)
        self.specimens = RemoteSpecimenRepository(store)

    def check(self) -> None:
        self.store.in_time().ask(lambda: None)

    def close(self) -> None:
        self.store.carry()
