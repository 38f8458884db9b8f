"""Writers who add, rename and remove the same few crates, over a network that fails at random."""

from collections.abc import Callable
from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextlib import nullcontext
from itertools import count
from random import Random
from time import monotonic

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.errors import ServiceError
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.events import Event
from domain.kernel.unit_of_work import UnitOfWork
from tests.kernel.builders.events import an_event
from tests.kernel.faults.histories import Fate
from tests.kernel.faults.histories import Sight
from tests.kernel.faults.histories import Told
from tests.kernel.faults.histories import Write
from tests.kernel.faults.histories import buried
from tests.kernel.infrastructure.dynamodb.proxy import Fault
from tests.kernel.infrastructure.dynamodb.proxy import answer_after
from tests.kernel.infrastructure.dynamodb.proxy import answer_whole
from tests.kernel.infrastructure.dynamodb.proxy import close_after_forwarding
from tests.kernel.infrastructure.dynamodb.proxy import close_before_forwarding
from tests.kernel.infrastructure.dynamodb.proxy import close_within_the_answer
from tests.kernel.infrastructure.dynamodb.proxy import forward_after
from tests.kernel.infrastructure.dynamodb.proxy import reset_within_the_head
from tests.kernel.service.domain import Crate
from tests.kernel.service.repositories import DynamoDBPersistence
from usecases.kernel.deadline import within

PATIENCE = 0.5
"""How many seconds a client waits for an answer."""
FAULTS = (
    close_before_forwarding,
    close_after_forwarding,
    close_within_the_answer,
    reset_within_the_head,
    answer_after(2 * PATIENCE),
    forward_after(2 * PATIENCE),
    forward_after(5 * PATIENCE),
)
FAULTY = 0.2
"""How often a request meets a fault."""
COMMITS = 3
"""How often a commit is tried that was not answered."""


class RandomFaults(list[Fault]):
    """Never ends; mostly none."""

    def __init__(self, chance: Random) -> None:
        super().__init__([answer_whole])
        self._chance = chance

    def pop(self, _: object = 0) -> Fault:
        return self._chance.choice(FAULTS) if self._chance.random() < FAULTY else answer_whole


class Writer:
    """Acts on crates of these ids, at random, and writes down what it asked for and what it was told."""

    def __init__(self, name: str, persistence: DynamoDBPersistence, ids: Sequence[str], seed: int) -> None:
        self.told = Told([], [])
        self._persistence = persistence
        self._crates = persistence.crates
        self._ids = ids
        self._chance = Random(seed)
        self._names = (f"{name} {number}" for number in count())
        self._held: dict[str, Crate] = {}
        """The last copy of each, which others may have changed or removed since."""

    def act(self) -> None:
        """Does one thing."""
        with self._pressed():
            self._chance.choice((self._add, self._add, self._rename, self._rename, self._remove, self._do_together))()

    def _pressed(self) -> AbstractContextManager[None]:
        return within(2 * PATIENCE, buffer=PATIENCE / 2) if self._chance.random() < 0.1 else nullcontext()

    def _add(self) -> None:
        new = Crate(id=self._chance.choice(self._ids), name=next(self._names))
        created = an_event(new)
        self._ask(new, created, None, lambda: self._crates.add(new, created))

    def _rename(self) -> None:
        if (crate := self._copy()) is not None:
            renamed, event = crate.rename(next(self._names)), an_event(crate)
            self._ask(crate, event, crate.version + 1, lambda: self._crates.save(renamed, event))

    def _remove(self) -> None:
        if (crate := self._copy()) is not None:
            events = [an_event(crate)] * self._chance.choice((0, 1))
            self._ask(crate, next(iter(events), None), crate.version + 1, lambda: self._crates.remove(crate, *events))

    def _copy(self) -> Crate | None:
        """A crate as it is, as it was when it was last seen, or as somebody has it who knows its version alone."""
        id = self._chance.choice(self._ids)
        if id in self._held and self._chance.random() < 0.4:
            held = self._held[id]
            return held if self._chance.random() < 0.5 else Crate.model_validate(dict(held))
        began = monotonic()
        try:
            crate = self._crates.get(id, consistent=True)
        except NotFound:
            self.told.sights.append(Sight(id, False, None, began, monotonic()))
            return None
        except Unavailable:
            return None
        self.told.sights.append(Sight(id, True, crate.version, began, monotonic()))
        self._held[id] = crate
        return crate

    def _ask(self, crate: Crate, event: Event | None, version: int | None, call: Callable[[], Crate | None]) -> None:
        """Makes one write, and writes down what came of it."""
        began = monotonic()
        made: Crate | None = None
        fate, why = Fate.MADE, ""
        try:
            made = call()
        except ServiceError as exc:
            fate, why = self._fate(exc, crate.id, began), repr(exc)
        if made is not None:
            self._held[crate.id] = made
            version = made.version
        name = event.event_id if event is not None else buried(crate.id, crate.version + 1)
        self.told.writes.append([Write(crate.id, name, version, fate, began, monotonic(), why)])

    def _fate(self, error: ServiceError, id: str, began: float) -> Fate:
        """What the error says of the write, and of what is there."""
        match error:
            case Unavailable():
                return Fate.IN_DOUBT if error.maybe_applied else Fate.REFUSED
            case Conflict():
                self.told.sights.append(Sight(id, True, error.found, began, monotonic()))
            case AlreadyExists():
                self.told.sights.append(Sight(id, True, None, began, monotonic()))
            case NotFound():
                self.told.sights.append(Sight(id, False, None, began, monotonic()))
            case TransactionFailed():
                for failure in error.failures:
                    self._fate(failure.error, failure.id, began)
            case _:
                raise error
        return Fate.REFUSED

    def _do_together(self) -> None:
        """Changes two crates, and checks a third one, or not, in one unit of work."""
        began = monotonic()
        work = self._persistence.unit_of_work()
        planned: list[tuple[str, Event, int | None]] = []
        try:
            first, second, third = self._chance.sample(self._ids, 3)
            for id in (first, second):
                self._plan(work, id, planned)
            if self._chance.random() < 0.5 and third in self._held:
                work.of(Crate).check(self._held[third])
        except Unavailable:
            return
        asked = monotonic()
        fate, why = self._commit(work, began)
        self.told.writes.append(
            [Write(id, event.event_id, version, fate, asked, monotonic(), why) for id, event, version in planned]
        )

    def _plan(self, work: UnitOfWork, id: str, planned: list[tuple[str, Event, int | None]]) -> None:
        crates = work.of(Crate)
        try:
            crate = self._held[id] if id in self._held and self._chance.random() < 0.2 else crates.get(id)
        except NotFound:
            new = Crate(id=id, name=next(self._names))
            created = an_event(new)
            crates.add(new, created)
            planned.append((id, created, None))
            return
        event = an_event(crate)
        if self._chance.random() < 0.6:
            crates.save(crate.rename(next(self._names)), event)
        else:
            crates.remove(crate, event)
        planned.append((id, event, crate.version + 1))

    def _commit(self, work: UnitOfWork, began: float) -> tuple[Fate, str]:
        """What came of the unit of work, and what the errors said."""
        errors: list[str] = []
        fate = Fate.IN_DOUBT
        while fate is Fate.IN_DOUBT and len(errors) < COMMITS:
            try:
                work.commit()
            except ServiceError as exc:
                fate = self._fate(exc, "", began)
                errors.append(repr(exc))
            else:
                fate = Fate.MADE
        return fate, "; ".join(errors)
