"""A client of the API that writes down, outside of the service, what it asked for and what it was told."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from itertools import count
from random import Random
from typing import Any
from typing import NamedTuple

import httpx

CREATED, RENAMED, REMOVED = "CrateCreated", "CrateRenamed", "CrateRemoved"


class Fact(NamedTuple):
    """What an event is expected to tell of one version of a crate."""

    version: int
    type: str
    name: str | None


class Doubt(NamedTuple):
    """A change that was asked for, and not answered. Its crate is not touched again."""

    id: str | None
    fact: Fact


@dataclass
class Log:
    """What the client knows."""

    committed: defaultdict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    """By the id of the crate, all changes that were acknowledged, and, in the end, those that were found out."""
    doubts: list[Doubt] = field(default_factory=list)


class Client:
    """Creates, renames and removes crates of its own, one call after the other."""

    def __init__(self, name: str, address: str, seed: int) -> None:
        self.log = Log()
        self._chance = Random(seed)
        self._names = (f"{name} {number}" for number in count())
        self._http = httpx.Client(base_url=address, timeout=60, trust_env=False)
        self._at_rest: dict[str, int] = {}

    def act(self) -> bool:
        """Makes one call, and says whether there was anybody to call."""
        fact, id = self._next()
        try:
            answer = self._send(fact, id)
        except httpx.ConnectError:
            if id is not None:
                self._at_rest[id] = fact.version - 1
            return False
        except httpx.TransportError:
            self.log.doubts.append(Doubt(id, fact))
            return True
        assert answer.is_success, answer.text
        id = id or answer.json()["id"]
        self.log.committed[id].append(fact)
        if fact.type != REMOVED:
            self._at_rest[id] = fact.version
        return True

    def settle(self) -> None:
        """Finds out, of every change that is in doubt, whether it was made."""
        stored = {item["id"]: item for item in self._everything()}
        ids = {item["name"]: id for id, item in stored.items()}
        for id, fact in self.log.doubts:
            found = ids.get(fact.name) if id is None else id
            if found is not None and _tells_of(stored.get(found), fact):
                self.log.committed[found].append(fact)
        self.log.doubts.clear()
        self._http.close()

    def _next(self) -> tuple[Fact, str | None]:
        """What to ask for, and of which crate."""
        if not self._at_rest or self._chance.random() < 0.3:
            return Fact(1, CREATED, next(self._names)), None
        id = self._chance.choice([*self._at_rest])
        version = self._at_rest.pop(id)
        if self._chance.random() < 0.2:
            return Fact(version + 1, REMOVED, None), id
        return Fact(version + 1, RENAMED, next(self._names)), id

    def _send(self, fact: Fact, id: str | None) -> httpx.Response:
        match = {"If-Match": f'"{fact.version - 1}"'}
        match fact.type:
            case "CrateCreated":
                return self._http.post("/crates", json={"name": fact.name})
            case "CrateRenamed":
                return self._http.patch(f"/crates/{id}", json={"name": fact.name}, headers=match)
        return self._http.delete(f"/crates/{id}", headers=match)

    def _everything(self) -> Iterator[dict[str, Any]]:
        """All that is stored, whoever asked for it."""
        cursor: dict[str, str] | None = {}
        while cursor is not None:
            answer = self._http.get("/crates", params={"limit": 500, **cursor}).raise_for_status().json()
            yield from answer["items"]
            cursor = {"cursor": answer["next_cursor"]} if answer["next_cursor"] else None


def _tells_of(stored: dict[str, Any] | None, fact: Fact) -> bool:
    """Whether what is stored of a crate, if it is there, shows that a change of it was made."""
    if stored is None:
        return fact.type == REMOVED
    return fact.type != REMOVED and stored["version"] == fact.version
