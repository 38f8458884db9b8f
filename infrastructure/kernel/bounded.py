"""Keeping calls to the deadline, whatever they wait for: an answer, a name, a connection, credentials."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait
from contextvars import copy_context
from typing import Any
from typing import TypeVar

from usecases.kernel.deadline import deadline

T = TypeVar("T")

# There are as many as there are callers, and calls that were given up until their sockets time out.
_threads = ThreadPoolExecutor(sys.maxsize, thread_name_prefix="bounded")


class OutOfTime(Exception):
    """The deadline is too near to begin a call, or one was not done by it. The message says it of whoever was called."""


def bounded(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """What the call returns or raises. Without a deadline, nothing is different.

    Raises:
        OutOfTime: the call was not begun, or it was not done in time. Then it goes on in a thread of its own, and
            nobody hears of its end; with a client of `create_aws_client` it sends nothing any more.
    """
    limit = deadline()
    if limit is None:
        return call(*args, **kwargs)
    require_time()
    under_way = _threads.submit(copy_context().run, call, *args, **kwargs)
    wait((under_way,), limit.seconds_left())
    if not under_way.done():
        raise OutOfTime("did not answer in time")
    return under_way.result()


def require_time(**_: Any) -> None:
    """Called before anything is sent.

    Raises:
        OutOfTime: there is less than the buffer left.
    """
    limit = deadline()
    if limit is not None and limit.is_too_late():
        raise OutOfTime(f"could not be called with less than {limit.buffer:g} s left")
