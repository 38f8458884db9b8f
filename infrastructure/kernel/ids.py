"""Ids: ULIDs, in the order in which this process makes them."""

from collections.abc import Callable
from os import urandom
from threading import Lock
from time import time_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ulid import ULIDGenerator

_NANOSECONDS = 1_000_000


class Ids:
    """Makes ids that sort in the order they are made in, whichever thread asks, and if the clock is put back.

    The generator alone reads its clock before it takes its lock, so that two threads may pass each other in between.
    """

    def __init__(self, clock: Callable[[], int] = time_ns) -> None:
        self._clock = clock
        self._generator: ULIDGenerator | None = None
        self._latest = 0
        self._lock = Lock()

    def new(self) -> str:
        """A new id, above every one before."""
        with self._lock:
            self._latest = max(self._latest, self._clock() // _NANOSECONDS)
            if self._generator is None:
                from ulid import ULIDGenerator  # takes a twentieth of a start, and the first request may need no id

                self._generator = ULIDGenerator()
            return str(self._generator.generate(self._latest))

    def renew(self) -> None:
        """Has the next id made of new randomness. It is still above every one before."""
        with self._lock:
            self._latest += 1
            self._generator = None


def new_mark() -> str:
    """A text that marks one write or one commit, as long as an id, and in no order."""
    return urandom(13).hex()
