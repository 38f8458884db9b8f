"""Threads for the calls of an event loop that may block."""

from asyncio import AbstractEventLoop
from asyncio import Future
from asyncio import get_running_loop
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread
from typing import Any
from typing import NamedTuple
from typing import TypeVar
from typing import cast

from domain.kernel.errors import Unavailable

T = TypeVar("T")
_Outcome = tuple[Any, BaseException | None]
"""What a call returned, and what it raised."""


class Threads:
    """At most so many threads, and so many calls that wait for one. A thread is started when all others are busy.

    Every request changes threads twice, so this takes fewer steps than `asyncio.to_thread` and anyio do: a request over
    HTTP takes two thirds of the CPU. The process does not wait for its threads when it ends.
    """

    def __init__(self, most: int, *, waiting: int) -> None:
        self._most = most
        self._waiting = waiting
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._started = 0
        self._under_way = 0

    async def run(self, call: Callable[..., T], *args: Any) -> T:
        """What the call returns or raises, in a copy of the context here. Always called on the same event loop.

        Raises:
            Unavailable: too many others wait already.
        """
        if self._under_way >= self._most + self._waiting:
            raise Unavailable("the service is working on as many requests as it can")
        self._under_way += 1
        if self._started < min(self._under_way, self._most):
            Thread(target=_work, args=(self._calls,), name=f"request {self._started}", daemon=True).start()
            self._started += 1
        loop = get_running_loop()
        outcome: Future[_Outcome] = loop.create_future()
        self._calls.put(_Call(copy_context(), call, args, loop, outcome))
        try:
            returned, error = await outcome
        finally:
            self._under_way -= 1
        if error is None:
            return cast(T, returned)
        try:
            raise error
        finally:
            del error  # it refers to this frame

    def __del__(self) -> None:
        for _ in range(self._started):
            self._calls.put(None)


class _Call(NamedTuple):
    """A call, and who waits for its outcome."""

    context: Context
    call: Callable[..., Any]
    args: tuple[Any, ...]
    loop: AbstractEventLoop
    outcome: "Future[_Outcome]"


def _work(calls: "SimpleQueue[_Call | None]") -> None:
    while (asked := calls.get()) is not None:
        outcome: _Outcome
        try:
            outcome = asked.context.run(asked.call, *asked.args), None
        except BaseException as exc:  # noqa: BLE001  # whoever waits for the call is told
            outcome = None, exc
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            asked.loop.call_soon_threadsafe(_tell, asked.outcome, outcome)
        del asked, outcome  # nothing is kept until the next call


def _tell(told: "Future[_Outcome]", outcome: _Outcome) -> None:
    if not told.done():  # else the server stops, and has given up
        told.set_result(outcome)
