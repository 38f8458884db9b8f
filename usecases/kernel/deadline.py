"""How much time is left, and the one promise made of it: nothing begins too late, and nobody waits for long after.

A deadline holds for all that runs in its context, and for threads that are given a copy of that. An adapter that waits
for somebody else keeps it with `bounded`, and asks `require_time` before each thing that it sends.
"""

import os
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait
from contextlib import contextmanager
from contextvars import ContextVar
from contextvars import copy_context
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

MAX_CALLS = 1000
"""How many bounded calls are under way at once, those included that nobody waits for any more. Lambda allows 1,024
threads, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""

_threads = ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="bounded")


def _renew_threads() -> None:
    """Called in a process that was forked: threads are not."""
    global _threads
    _threads = ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="bounded")


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_threads)


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


class OutOfTime(Exception):
    """The deadline is too near to begin a call, or one was not done by it. The message says it of whoever was called."""


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


def require_time(**_: Any) -> None:
    """Called before anything is begun, or sent.

    Raises:
        OutOfTime: there is less than the buffer left.
    """
    limit = deadline()
    if limit is not None and limit.is_too_late():
        raise OutOfTime(f"could not be called with less than {limit.buffer:g} s left")


def bounded(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """What the call returns or raises. Without a deadline, nothing is different.

    With one, the call has a thread of its own. When 1,000 calls have one already, this one waits for its turn.

    Raises:
        OutOfTime: the call was not begun, or it was not done in time. A call that was begun goes on, and nobody hears of
            its end; what asks `require_time` before it sends something sends nothing any more.
    """
    limit = deadline()
    if limit is None:
        return call(*args, **kwargs)
    require_time()
    patience = limit.seconds_left()
    under_way = _threads.submit(copy_context().run, call, *args, **kwargs)
    wait((under_way,), patience)
    if under_way.cancel():
        raise OutOfTime("could not be called in time: too many calls are waiting for answers")
    if not under_way.done():
        raise OutOfTime("did not answer in time")
    return under_way.result()


def too_late(state: "RetryCallState") -> bool:
    """Whether another attempt, after the wait for it, would begin too late: a condition for tenacity to stop."""
    here = deadline()
    return here is not None and here.is_too_late(after=state.upcoming_sleep)
