"""Containers that have every provider that a lean zip knows."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from threading import Barrier
from threading import BrokenBarrierError
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Factory
from dependency_injector.providers import Object
from dependency_injector.providers import Provider
from dependency_injector.providers import Selector
from dependency_injector.providers import Singleton
from dependency_injector.providers import ThreadSafeSingleton

_numbers: Iterator[int] = count()
LINES = ["one"]
"""A list, which each container has of its own."""


class Part:
    """Something that tells what it was given, and which one it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args
        self.kwargs = kwargs
        self.number = next(_numbers)

    def told(self) -> Any:
        return [_told(self.args), {name: _told(value) for name, value in sorted(self.kwargs.items())}]

    def made(self, *args: Any, **kwargs: Any) -> "Part":
        return Part(self, *args, **kwargs)


class Maker:
    """Makes a part, and waits a moment for another thread that makes one at the same time."""

    def __init__(self) -> None:
        self.barrier = Barrier(2)

    def __call__(self) -> Part:
        with suppress(BrokenBarrierError):
            self.barrier.wait(0.3)
        return Part()


MAKER = Maker()


def _told(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_told(each) for each in value]
    if isinstance(value, Provider):
        return type(value).__name__
    return value.told() if isinstance(value, Part) else repr(value)


class Base(DeclarativeContainer):
    """One that another one inherits from."""

    choice: Provider[str] = Object("first")
    inherited = Factory(Part, "inherited", choice)


class Container(Base):
    """All of it."""

    text = Call(str.upper, "a text")
    single = Singleton(Part, text, keyword=text)
    safe = ThreadSafeSingleton(Part, single, single.provider, lines=LINES)
    alone = ThreadSafeSingleton(MAKER)
    maker = Object(MAKER)
    waiting = Call(MAKER)
    held = Object(Base.choice)
    made = Factory(Part, safe, "given", text=text)
    chosen = Selector(Base.choice, first=Factory(Part, 1), second=Singleton(Part, 2))
    number = safe.provided.number
    line = safe.provided.kwargs
    upper = Object("lower").provided.upper.call()
    built = safe.provided.made.call("more", text=text)
    constant = Object(LINES)
    not_a_provider = 5
