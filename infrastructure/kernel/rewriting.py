"""Saving again what an older release has stored."""

from contextlib import suppress

from domain.kernel.entity import E
from domain.kernel.entity import older_form
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.repository import Repository


def rewrite(repository: Repository[E], entity: E, *, whatever: bool = False) -> bool:
    """Saves `entity` as it is, without events, if it was read in an older schema version, or `whatever` it was read in.

    What somebody else saves meanwhile stays. If that is in an older version again, it is saved again.

    Returns:
        Whether it was saved: not, if there is nothing to do, or it is gone.

    Raises:
        Unavailable: it may have been saved nevertheless; it can be tried again.
        TooLarge: the store cannot hold it.
        Unreadable: somebody else has saved what this release cannot read.
    """
    with suppress(NotFound):
        while whatever or older_form(entity) is not None:
            try:
                repository.save(entity)
            except Conflict:
                entity = repository.get(entity.id, consistent=True)
            else:
                return True
    return False
