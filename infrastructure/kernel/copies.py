"""What has to happen when a process is copied, as Lambda's SnapStart does: nothing may be shared that must not be."""

from collections.abc import Callable
from typing import TypeVar

C = TypeVar("C", bound=Callable[[], None])

_before: list[Callable[[], None]] = []
_in_each: list[Callable[[], None]] = []


def before_copies(call: C) -> C:
    """Has `call` called before this process is copied."""
    _before.append(call)
    return call


def in_each_copy(call: C) -> C:
    """Has `call` called in each copy, before it does anything else."""
    _in_each.append(call)
    return call


def prepare() -> None:
    """To be called before the process is copied."""
    for call in _before:
        call()


def renew() -> None:
    """To be called in each copy."""
    for call in _in_each:
        call()
