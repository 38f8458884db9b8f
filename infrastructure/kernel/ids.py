"""Ids: ULIDs, in the order in which this process makes them."""

from collections.abc import Callable
from threading import Lock
from time import time_ns

from ulid import ULIDGenerator

_NANOSECONDS = 1_000_000


class Ids:
    """Makes ids that sort in the order they are made in, whichever thread asks, and if the clock is put back.

    The generator alone reads its clock before it takes its lock, so that two threads may pass each other in between.
    """

    def __init__(self, clock: Callable[[], int] = time_ns) -> None:
        self._clock = clock
        self._generator = ULIDGenerator()
        self._latest = 0
        self._lock = Lock()

    def new(self) -> str:
        """A new id, above every one before."""
        with self._lock:
            self._latest = max(self._latest, self._clock() // _NANOSECONDS)
            return str(self._generator.generate(self._latest))

    def renew(self) -> None:
        """Has the next id made of new randomness. It is still above every one before."""
        with self._lock:
            self._latest += 1
            self._generator = ULIDGenerator()
