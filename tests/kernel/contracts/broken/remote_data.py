"""Clients that break one promise each about other processes, large quantities or values."""

from base64 import b64decode
from collections.abc import Callable
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.kernel.change import Change
from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.entity import expiry
from domain.kernel.entity import life_of
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import TransactionFailed
from domain.kernel.listing import Query
from domain.kernel.repository import MAX_PAGE
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.store import Found
from infrastructure.kernel.store import Read
from infrastructure.kernel.store import Token
from tests.kernel.contracts.broken.remote import Client
from tests.kernel.contracts.broken.remote import Server

# Several processes


class CachesReads(Client):
    def __init__(self, server: Server, relay: Relay) -> None:
        super().__init__(server, relay)
        self._cached: dict[str, Any] = {}

    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        missing = [id for id in ids if id not in self._cached]
        self._cached |= super().read(kind, missing, consistent=consistent).found
        return Read({id: self._cached[id] for id in ids if id in self._cached})


class ChecksVersionsInTheProcess(Client):
    def __init__(self, server: Server, relay: Relay) -> None:
        super().__init__(server, relay)
        self._known: dict[str, Entity] = {}

    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        read = super().read(kind, ids, consistent=consistent)
        self._known |= read.found
        return read

    def write(self, changes: Sequence[Change[Any]], token: Token | None = None) -> Sequence[Change[Any]]:
        known = {id: (entity.version, life_of(entity)) for id, entity in self._known.items()}
        failures = [change.obstacle(*known.get(change.entity.id, (None, None))) for change in changes]
        if any(failures):
            raise TransactionFailed(*filter(None, failures))
        for change in changes:
            self.put(type(change.entity), [change.stored])
            self._known[change.entity.id] = change.stored
        return changes


class ForgetsRemovalsAtItsBegin(Client):
    def __init__(self, server: Server, relay: Relay) -> None:
        super().__init__(server, relay)
        for rows in server._rows.values():
            rows._ended.clear()


class KeepsItsPlacesInTheProcess(Client):
    def __init__(self, server: Server, relay: Relay) -> None:
        super().__init__(server, relay)
        self._places: set[str | None] = set()

    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        found = super().find(kind, query, limit=limit, after=after if after in self._places else None)
        self._places.add(found.after)
        return found


# Quantities


class ReadsAtMost240(Client):
    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        return super().read(kind, ids[:240], consistent=consistent)


class PutsOneBatch(Client):
    def put(self, kind: type[E], entities: Sequence[E]) -> None:
        super().put(kind, entities[:1000])


class DropsOneBatch(Client):
    def drop(self, kind: type[E], ids: Sequence[str]) -> None:
        super().drop(kind, ids[:1000])


class EndsAfterTwoPages(Client):
    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        found = super().find(kind, query, limit=limit, after=after)
        return found._replace(after=None) if after is not None and limit == MAX_PAGE else found


# Values


class TextsBecomeNumbers(Client):
    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        found = super().read(kind, ids, consistent=consistent).found
        return Read({id: looking_like(entity, "measure", Decimal) for id, entity in found.items()})


class TextsBecomeBytes(Client):
    def read(self, kind: type[E], ids: Sequence[str], *, consistent: bool) -> Read[E]:
        found = super().read(kind, ids, consistent=consistent).found
        return Read({id: looking_like(entity, "content", b64decode) for id, entity in found.items()})


def looking_like(entity: E, field: str, of: Callable[[str], Any]) -> E:
    """The entity with something else in place of a text, if the text looks like it."""
    try:
        return entity.evolve(**{field: of(getattr(entity, field))})
    except (ArithmeticError, InvalidArgument, TypeError, ValueError):
        return entity


class ExpiredEntitiesBreakTheirPage(Client):
    def find(self, kind: type[E], query: Query, *, limit: int, after: str | None) -> Found[E]:
        found = super().find(kind, query, limit=limit, after=after)
        if any((until := expiry(entity)) and until < datetime.now(UTC) for entity in found.items):
            return Found((), None)
        return found
