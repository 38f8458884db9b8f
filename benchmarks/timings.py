"""What is timed on a repository and its units of work, as a table. Machinery: it knows no aggregate."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from timeit import timeit
from typing import Generic
from typing import NamedTuple

from rich.table import Table

from domain.kernel.entity import E
from domain.kernel.repository import NamePrefix
from domain.kernel.repository import Repository
from infrastructure.kernel.persistence import Persistence

STORED = 10_000
PAGE = 50
CALLS = 500
ROUNDS = 30


@dataclass(frozen=True)
class Subject(Generic[E]):
    """The aggregate to time."""

    title: str
    kind: type[E]
    make: Callable[[str], E]
    """Makes one of the 10,000, of that name."""
    make_timed: Callable[[str], E]
    """Makes one that is timed."""
    rename: Callable[[E, str], E]


class Timed(NamedTuple):
    """One line of the table: a call, and the microseconds it may take."""

    what: str
    call: Callable[[], object]
    budget: int | None = None


def time_all(persistence: Persistence, subject: Subject[E]) -> Table:
    """Times everything on `persistence`, which is empty, with 10,000 entities in it."""
    timed = _timed(persistence, subject)
    taken = _best(timed)
    table = Table("", "µs", "x baseline", "budget µs", title=subject.title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for (what, _, budget), microseconds in zip(timed, taken, strict=True):
        style = None if budget is None or microseconds < budget else "red"
        limit = "" if budget is None else f"< {budget}"
        table.add_row(what, f"{microseconds:.2f}", f"{microseconds / taken[0]:.1f}", limit, style=style)
    return table


def _timed(persistence: Persistence, subject: Subject[E]) -> list[Timed]:
    repository = _repository(persistence, subject.kind)
    repository.put_many(subject.make(_name(number)) for number in range(STORED))
    still, saved, renamed, one, two = (repository.add(subject.make_timed(f"Timed {number}")) for number in range(5))
    plain = {still.id: still}
    renames = _renames(renamed, subject)

    def save() -> None:
        nonlocal saved
        saved = repository.save(saved)

    def commit() -> None:
        with persistence.unit_of_work() as work:
            changes = work.of(subject.kind)
            changes.save(changes.get(one.id))
            changes.save(changes.get(two.id))
            work.commit()

    return [
        Timed("baseline: dict get, model_copy", lambda: plain[still.id].model_copy(update={"version": 2})),
        Timed("get", lambda: repository.get(still.id), budget=10),
        Timed("save, same name", save, budget=10),
        Timed(f"save, renamed among {STORED:,}", lambda: repository.save(next(renames)), budget=20),
        Timed("unit of work: 2 reads, 2 saves", commit),
        Timed(f"page of {PAGE}, by prefix", lambda: repository.page(NamePrefix("name 0"), limit=PAGE)),
        Timed("evolve: a new name, validated", lambda: subject.rename(still, "Evolved")),
    ]


def _renames(entity: E, subject: Subject[E]) -> Iterator[E]:
    """`entity` under one name after another, from all over the listing, for as many saves as are timed."""
    anywhere = Random(7)
    names = [f"{_name(anywhere.randrange(STORED))} II" for _ in range(CALLS * ROUNDS)]
    return iter(
        [subject.rename(entity, name).at_version(version) for version, name in enumerate(names, entity.version)]
    )


def _best(timed: list[Timed]) -> list[float]:
    """The microseconds that each call takes in its best round; in the others, something else was running too."""
    rounds = [[timeit(line.call, number=CALLS) / CALLS * 1e6 for line in timed] for _ in range(ROUNDS)]
    return [min(taken) for taken in zip(*rounds, strict=True)]


def _name(number: int) -> str:
    return f"Name {number:05}"


def _repository(persistence: Persistence, kind: type[E]) -> Repository[E]:
    return next(repository for repository in persistence.repositories() if repository.kind is kind)
