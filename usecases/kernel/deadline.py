"""How much time is left. Whoever waits, or calls another service, looks here first.

A deadline holds for all that runs in its context, and for threads that are given a copy of that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic

from tenacity import RetryCallState
from tenacity.stop import stop_base


@dataclass(frozen=True)
class Deadline:
    """When all has to be over, in seconds of the monotonic clock, and the buffer before that, in seconds.

    Nothing is begun any more within the buffer. Its first half is for what is then under way, its second for the answer.
    """

    at: float
    buffer: float

    def is_too_late(self, *, after: float = 0) -> bool:
        """Whether there will be less than the buffer left, `after` so many seconds."""
        return monotonic() + after > self.at - self.buffer

    def seconds_left(self) -> float:
        """How long what is under way may still take; negative if it has taken longer."""
        return self.at - self.buffer / 2 - monotonic()


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float, *, buffer: float) -> Iterator[None]:
    """What runs in here has so many seconds from now, the last ones of which are the buffer."""
    token = _deadline.set(Deadline(monotonic() + seconds, buffer))
    try:
        yield
    finally:
        _deadline.reset(token)


def deadline() -> Deadline | None:
    """The deadline here, if there is one."""
    return _deadline.get()


class TooLate(stop_base):
    """Stops trying again when, after the wait for it, it would be too late for another attempt."""

    def __call__(self, retry_state: RetryCallState) -> bool:
        here = deadline()
        return here is not None and here.is_too_late(after=retry_state.upcoming_sleep)
