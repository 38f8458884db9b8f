"""Saving every entity again, after a change of the listings."""

from contextlib import suppress
from typing import Any

from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from domain.kernel.repository import Page
from domain.kernel.repository import Repository


def save_all_again(repository: Repository[Any]) -> None:
    """Saves every entity, which puts it into all listings of this release."""
    page: Page[Any] | None = None
    while page is None or page.has_more:
        page = repository.page(Everything(), limit=100, cursor=page.next_cursor if page else None)
        for entity in page.items:
            with suppress(Conflict, NotFound):  # this release has saved or removed it meanwhile
                repository.save(entity)
