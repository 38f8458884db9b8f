"""Processes that run at the same time, threads that write and walk through them, and what a walk owes its reader."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from random import Random
from threading import Condition
from typing import Any

from domain.kernel.repository import Everything
from infrastructure.kernel.dynamodb.transport import Answer
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.domain import Crate
from tests.kernel.service.repositories import DynamoDBPersistence

AHEAD, WRITES_PER_PAGE = 200, 4
"""How many more writes there may be than so many for each page that was read."""
BUSY, RESTING = 3, 6
"""How many crates a writer changes at the same time, and how many others it has, at most."""
LAG = 3
"""How many writes may come between what an index says and the reads of the items."""
LIMIT = 30


class Fleet:
    """The processes that run now. Threads take turns on them; they are replaced between two turns, never during one."""

    def __init__(self) -> None:
        self.changed = Condition()
        """Told whenever a turn ends, or something was counted."""
        self.counts: Counter[str] = Counter()
        self.is_stopped = False
        self._running: Sequence[DynamoDBPersistence] = ()
        self._turns = 0
        self._is_changing = False

    @contextmanager
    def turn(self, chance: Random) -> Iterator[DynamoDBPersistence]:
        """One of the processes that run now, which keeps running meanwhile."""
        with self.changed:
            self.changed.wait_for(lambda: not self._is_changing)
            self._turns += 1
            process = chance.choice(self._running)
        try:
            yield process
        finally:
            with self.changed:
                self._turns -= 1
                self.changed.notify_all()

    def become(self, *processes: DynamoDBPersistence) -> None:
        """Has these run in place of others, which have ended their turns."""
        with self.changed:
            self._is_changing = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: self._turns == 0)
            self._running = processes
            self._is_changing = False
            self.changed.notify_all()

    def count(self, what: str, more: int = 1) -> None:
        with self.changed:
            self.counts[what] += more
            self.changed.notify_all()

    def lagging(self, process: DynamoDBPersistence, chance: Random) -> DynamoDBPersistence:
        """`process`, whose indexes lag: what a Query answers is older than the next writes of others."""
        transport: Any = process.table.transport
        send = transport.send

        def sending(operation: str, body: bytes) -> Answer:
            answer: Answer = send(operation, body)
            if operation == "Query":
                self._await_writes(chance.randint(0, LAG))
            return answer

        transport.send = sending
        return process

    def _await_writes(self, writes: int) -> None:
        with self.changed:
            aim = self.counts["written"] + writes
            self.changed.wait_for(
                lambda: self.is_stopped or self._is_changing or self._is_ahead or self.counts["written"] >= aim
            )

    def await_grant(self) -> None:
        """Waits while writers have written all that was granted.

        It also waits while they are far ahead of those who read pages, or no crate would stay as it is during a walk.
        """
        with self.changed:
            self.changed.wait_for(lambda: self.is_stopped or not self._is_ahead)

    @property
    def _is_ahead(self) -> bool:
        written = self.counts["written"]
        return written >= self.counts["granted"] or written > AHEAD + WRITES_PER_PAGE * self.counts["read"]

    def grant(self, writes: int) -> None:
        """Lets writers write so many times more."""
        self.count("granted", writes)

    def await_writes(self) -> None:
        """Waits until all that was granted is written."""
        with self.changed:
            self.changed.wait_for(lambda: self.is_stopped or self.counts["written"] >= self.counts["granted"])

    def stop(self) -> None:
        with self.changed:
            self.is_stopped = True
            self.changed.notify_all()


@dataclass
class Walk:
    """What a walk has returned, and when it began and ended."""

    began: int
    ended: int = 0
    found: Counter[str] = field(default_factory=Counter)
    settings: set[str] = field(default_factory=set)


class Journal:
    """When which crate moved, by a clock that counts what happens."""

    def __init__(self) -> None:
        self._clock = Condition()
        self._now = 0
        self.moves: dict[str, list[tuple[int, int, bool]]] = {}
        """By id, when each addition, move and removal began and ended, and whether the crate was there after it."""
        self.walks: list[Walk] = []

    def now(self) -> int:
        with self._clock:
            self._now += 1
            return self._now

    @contextmanager
    def moving(self, id: str, *, to_be_there: bool = True) -> Iterator[None]:
        began = self.now()
        yield
        self.moves.setdefault(id, []).append((began, self.now(), to_be_there))

    def owed(self, walk: Walk) -> set[str]:
        """The ids that a walk has to return once: of what was there all the while, and did not move."""
        return {id for id, moves in self.moves.items() if _was_there(moves, walk)}


def _was_there(moves: Sequence[tuple[int, int, bool]], walk: Walk) -> bool:
    before = [is_there for _, ended, is_there in moves if ended < walk.began]
    return bool(before) and before[-1] and not any(e >= walk.began and b <= walk.ended for b, e, _ in moves)


@dataclass
class Writer:
    """Adds, renames, saves and removes crates of its own at random, each time through another process.

    After some writes it lets a crate rest, so that walks have to find it as it was written last.
    """

    fleet: Fleet
    journal: Journal
    chance: Random
    crates: list[Crate] = field(default_factory=list)
    resting: list[Crate] = field(default_factory=list)

    def run(self) -> None:
        try:
            while not self.fleet.is_stopped:
                self.write()
        except BaseException:
            self.fleet.stop()
            raise

    def write(self) -> None:
        """Does one thing."""
        self.fleet.await_grant()
        if len(self.crates) == BUSY and self.chance.random() < 0.3:
            self.resting.append(self.crates.pop(0))
        with self.fleet.turn(self.chance) as process:
            if len(self.resting) > RESTING:
                self._remove(process, self.resting.pop(0))
            elif len(self.crates) < BUSY:
                crate = a_crate(self._name())
                with self.journal.moving(crate.id):
                    self.crates.append(process.crates.add(crate))
            else:
                self._change(process, self.crates.pop(self.chance.randrange(BUSY)))
        self.fleet.count("written")

    def _change(self, process: DynamoDBPersistence, crate: Crate) -> None:
        match self.chance.choice(("rename", "rename", "save", "remove")):
            case "rename":
                with self.journal.moving(crate.id):
                    self.crates.append(process.crates.save(crate.rename(self._name())))
            case "save":
                self.crates.append(process.crates.save(crate))
            case "remove":
                self._remove(process, crate)

    def _remove(self, process: DynamoDBPersistence, crate: Crate) -> None:
        with self.journal.moving(crate.id, to_be_there=False):
            process.crates.remove(crate)

    def _name(self) -> str:
        return f"{self.chance.randrange(1000):03} crate"


@dataclass
class Walker:
    """Walks all pages of the listing, each page through another process."""

    fleet: Fleet
    journal: Journal
    chance: Random

    def run(self) -> None:
        try:
            while not self.fleet.is_stopped:
                self.journal.walks.append(self.walked())
                self.fleet.count("walked")
        except BaseException:
            self.fleet.stop()
            raise

    def walked(self) -> Walk:
        walk = Walk(self.journal.now())
        for _ in self.pages(walk):
            pass
        return walk

    def pages(self, walk: Walk, limit: int = LIMIT) -> Iterator[None]:
        """Reads a page at each step, and the rest of its walk in the last."""
        cursor, has_more = None, True
        while has_more:
            with self.fleet.turn(self.chance) as process:
                page = process.crates.page(Everything(), limit=limit, cursor=cursor)
                walk.settings.add(process._settings.dynamodb_listing_shards.partition(",")[0])
            walk.found.update(crate.id for crate in page.items)
            cursor, has_more = page.next_cursor, page.has_more
            walk.ended = self.journal.now()
            self.fleet.count("read")
            yield
