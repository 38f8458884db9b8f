"""The threads that requests are served in."""

import asyncio
import gc
import threading
from contextvars import ContextVar

import pytest

from domain.kernel.errors import Unavailable
from infrastructure.kernel.http.threads import Threads

DEADLINE_SECONDS = 60

number: ContextVar[int] = ContextVar("number", default=0)


class Gate:
    """A call that ends when it is allowed to."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()

    def __call__(self) -> threading.Thread:
        self.begun.release()
        assert self.may_end.wait(DEADLINE_SECONDS)
        return threading.current_thread()


def at_once(threads: Threads, call: Gate, times: int) -> set[threading.Thread]:
    """The threads in which so many calls are run that are begun together."""

    async def all_of_them() -> list[threading.Thread]:
        calls = [asyncio.ensure_future(threads.run(call)) for _ in range(times)]
        await asyncio.sleep(0)
        call.may_end.set()
        return await asyncio.gather(*calls)

    return set(asyncio.run(all_of_them()))


def test_a_call_returns_what_it_returns_in_another_thread():
    threads = Threads(1, waiting=0)

    assert asyncio.run(threads.run(divmod, 7, 2)) == (3, 1)
    assert asyncio.run(threads.run(threading.current_thread)) is not threading.current_thread()


@pytest.mark.parametrize(
    ("raised", "told"),
    [(ValueError, ValueError), (StopIteration, RuntimeError)],
    ids=["any", "one-no-coroutine-raises"],
)
def test_a_call_raises_what_it_raises(raised, told):
    threads = Threads(1, waiting=0)

    def fail() -> None:
        raise raised("as expected")

    with pytest.raises(told):
        asyncio.run(threads.run(fail))

    assert asyncio.run(threads.run(len, "abc")) == 3


def test_a_call_sees_the_context_of_its_caller_and_changes_only_a_copy():
    threads = Threads(1, waiting=0)

    def count() -> int:
        number.set(number.get() + 1)
        return number.get()

    async def counted() -> tuple[int, int]:
        number.set(5)
        return await threads.run(count), number.get()

    assert asyncio.run(counted()) == (6, 5)


def test_no_more_threads_are_started_than_there_may_be():
    assert len(at_once(Threads(3, waiting=9), Gate(), 9)) <= 3


def test_calls_run_at_the_same_time_in_as_many_threads_as_there_may_be():
    threads, gate = Threads(3, waiting=0), Gate()

    async def all_of_them() -> list[threading.Thread]:
        calls = [asyncio.ensure_future(threads.run(gate)) for _ in range(3)]
        await asyncio.to_thread(lambda: [gate.begun.acquire(timeout=DEADLINE_SECONDS) for _ in range(3)])
        gate.may_end.set()
        return await asyncio.gather(*calls)

    assert len(set(asyncio.run(all_of_them()))) == 3


def test_a_thread_that_is_free_is_used_again():
    threads = Threads(3, waiting=0)

    async def one_after_another() -> set[threading.Thread]:
        return {await threads.run(threading.current_thread) for _ in range(9)}

    assert len(asyncio.run(one_after_another())) == 1


def test_a_call_for_which_there_is_no_place_is_refused_and_the_next_one_is_not():
    threads, gate = Threads(1, waiting=1), Gate()

    async def outcomes() -> list[bool]:
        calls = [asyncio.ensure_future(threads.run(gate)) for _ in range(3)]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        gate.may_end.set()
        await asyncio.wait(calls)
        await threads.run(gate)
        return [isinstance(call.exception(), Unavailable) for call in calls]

    assert asyncio.run(outcomes()) == [False, False, True]


def test_the_threads_end_when_nobody_can_call_them_any_more():
    threads = Threads(2, waiting=0)
    used = at_once(threads, Gate(), 2)

    del threads
    gc.collect()
    for each in used:
        each.join(DEADLINE_SECONDS)

    assert not any(each.is_alive() for each in used)


def test_a_thread_goes_on_after_its_caller_has_given_up(caplog):
    threads, gate = Threads(1, waiting=1), Gate()

    async def give_up() -> int:
        call = asyncio.ensure_future(threads.run(gate))
        await asyncio.to_thread(gate.begun.acquire, timeout=DEADLINE_SECONDS)
        call.cancel()
        await asyncio.wait((call,))
        gate.may_end.set()
        return await threads.run(len, "abc")

    assert asyncio.run(give_up()) == 3
    assert not caplog.records


def test_a_thread_goes_on_after_the_loop_of_its_caller_was_closed():
    threads, gate = Threads(1, waiting=1), Gate()

    async def leave() -> None:
        asyncio.ensure_future(threads.run(gate))  # noqa: RUF006  # nobody waits for it, which is the point
        await asyncio.to_thread(gate.begun.acquire, timeout=DEADLINE_SECONDS)

    asyncio.run(leave())
    gate.may_end.set()

    assert asyncio.run(threads.run(len, "abc")) == 3
