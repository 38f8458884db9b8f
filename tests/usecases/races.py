"""Losing a race on purpose."""

from collections.abc import Callable
from typing import Any

from dependency_injector.providers import Callable as Call
from ulid import ULID

from domain.entity import E
from domain.unit_of_work import UnitOfWork
from infrastructure.container import Container


def interfere(container: Container, change: Callable[[], Any]) -> None:
    """Makes `change` once, in the midst of the next use case: when it asks for the first id, after it has read."""
    waiting = [change]

    def new_id() -> str:
        if waiting:
            waiting.pop()()
        return str(ULID())

    container.new_id.override(Call(new_id))


def interfere_between_reads(container: Container, change: Callable[[], Any]) -> None:
    """Makes `change` once, in the midst of the next unit of work: when it has read its first entity."""
    begin = container.persistence().unit_of_work
    waiting = [change]

    def unit_of_work() -> UnitOfWork:
        work = begin()
        read = work.read

        def read_and_wait(kind: type[E], id: str) -> E:
            found = read(kind, id)
            if waiting:
                waiting.pop()()
            return found

        work.read = read_and_wait  # type: ignore[method-assign]  # the race cannot be lost from outside
        return work

    container.unit_of_work.override(Call(unit_of_work))
