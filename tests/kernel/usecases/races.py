"""Losing a race on purpose."""

from collections.abc import Callable
from typing import Any
from typing import Protocol

from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Provider
from ulid import ULID

from domain.kernel.entity import E
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.persistence import Persistence


class Wired(Protocol):
    """The container of any service, as far as it has a part in a race."""

    @property
    def new_id(self) -> Provider[str]: ...

    @property
    def unit_of_work(self) -> Provider[UnitOfWork]: ...

    @property
    def persistence(self) -> Callable[[], Persistence]: ...


def interfere(container: Wired, change: Callable[[], Any]) -> None:
    """Makes `change` once, in the midst of the next use case: when it asks for the first id, after it has read."""
    waiting = [change]

    def new_id() -> str:
        if waiting:
            waiting.pop()()
        return str(ULID())

    container.new_id.override(Call(new_id))


def interfere_between_reads(container: Wired, change: Callable[[], Any]) -> None:
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
