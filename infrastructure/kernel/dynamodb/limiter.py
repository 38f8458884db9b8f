"""Spending no more units of capacity per second than allowed."""

import time
from collections.abc import Callable
from collections.abc import Mapping
from threading import Lock
from typing import Any


class Limiter:
    """Holds back whoever spends units of capacity, so that they are `per_second` on average; all threads share it.

    DynamoDB tells what a request has cost in its answer. So a request is paid for afterwards: its thread waits.
    """

    def __init__(
        self, per_second: float, wait: Callable[[float], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`wait` waits for so many seconds, or less if it is told to."""
        self._per_second = per_second
        self._wait = wait
        self._clock = clock
        self._lock = Lock()
        self._paid_at = clock()
        """When all that was spent is paid for."""

    def report(self, operation: str, answer: Mapping[str, Any]) -> None:
        """Spends what an answer tells: one request, or several, has consumed of one table, or of several."""
        told = answer.get("ConsumedCapacity", ())
        self.spend(sum(each.get("CapacityUnits", 0) for each in ([told] if isinstance(told, Mapping) else told)))

    def spend(self, units: float) -> None:
        """Waits until `units` are paid for, and all that was spent before."""
        with self._lock:
            now = self._clock()
            self._paid_at = max(self._paid_at, now) + units / self._per_second
            seconds = self._paid_at - now
        self._wait(seconds)
