"""Saving again what an older release has stored."""

from collections.abc import Callable
from collections.abc import Mapping
from contextlib import suppress
from threading import Event
from typing import Any

from domain.kernel.entity import E
from domain.kernel.entity import Entity
from domain.kernel.entity import is_older
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.errors import TooLarge
from domain.kernel.errors import Unreadable
from domain.kernel.repository import Repository
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.segments import Step
from infrastructure.kernel.store import Segment
from infrastructure.kernel.store import Store


def rewrite(repository: Repository[E], entity: E, *, whatever: bool = False) -> bool:
    """Saves `entity` as it is, without events, if it was read in an older schema version, or `whatever` it was read in.

    It never overwrites a concurrent save. If that one was in an older version, too, it is saved again.

    Returns:
        Whether it was saved: not, if there is nothing to do, or it is gone.

    Raises:
        Unavailable: it may have been saved nevertheless; it can be tried again.
        TooLarge: the store cannot hold it.
        Unreadable: somebody else has saved what this release cannot read.
    """
    with suppress(NotFound):
        while whatever or is_older(entity):
            try:
                repository.save(entity)
            except Conflict:
                entity = repository.get(entity.id, consistent=True)
            else:
                return True
    return False


def rewriting(
    store: Store,
    repositories: Mapping[type[Entity], Repository[Any]],
    *,
    whatever: bool,
    report: Callable[[str], None],
    stop: Event,
) -> Step:
    """Rewrites all that is in these repositories, and has each entity reported that cannot be read or saved."""

    def step(segment: Segment, before: Progress) -> Progress:
        stretch = store.stretch(list(repositories), segment, before.after)
        failed: list[Unreadable | TooLarge] = [*stretch.unreadable]
        saved = 0
        for entity in stretch.entities:
            if stop.is_set():
                return before  # what was saved already is not old the next time
            try:
                saved += rewrite(repositories[type(entity)], entity, whatever=whatever)
            except (TooLarge, Unreadable) as exc:
                failed.append(exc)
        for error in failed:
            report(str(error))
        return before.advanced(after=stretch.after, seen=stretch.seen, saved=saved, failed=len(failed))

    return step
