"""Calls that are kept to the deadline."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait

import pytest

from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import bounded
from usecases.kernel.deadline import deadline
from usecases.kernel.deadline import within

LONG = 1000
"""Seconds that no test takes."""
SHORT = 0.05
PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""


@pytest.fixture
def standing(monkeypatch):
    """The clock stands still, so that a machine that pauses cannot make it too late to begin."""
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: 0.0)


def test_without_a_deadline_a_call_is_nothing_special():
    assert bounded(threading.current_thread) is threading.current_thread()


def test_a_call_within_the_deadline_returns_what_it_returns():
    with within(LONG, buffer=1):
        assert bounded(divmod, 7, 2) == (3, 1)


@pytest.mark.parametrize("error", [ValueError("no"), TimeoutError("the call's own")], ids=repr)
def test_a_call_within_the_deadline_raises_what_it_raises(error):
    def fail():
        raise error

    with within(LONG, buffer=1), pytest.raises(type(error)) as raised:
        bounded(fail)

    assert raised.value is error


def test_a_call_sees_the_deadline_that_it_is_kept_to():
    with within(LONG, buffer=1):
        assert bounded(deadline) is deadline()


def test_a_call_is_not_begun_within_the_buffer():
    calls: list[str] = []

    with within(SHORT, buffer=LONG), pytest.raises(OutOfTime, match="could not be called with less than 1000 s left"):
        bounded(calls.append, "begun")

    assert calls == []


def test_a_call_that_is_not_done_in_time_is_given_up_and_goes_on_unheard(monkeypatch):
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr("usecases.kernel.deadline.wait", lambda *_: begun.wait(PATIENCE))

    def slow():
        begun.set()
        may_end.wait(PATIENCE)
        ended.set()

    with within(LONG, buffer=1), pytest.raises(OutOfTime, match="did not answer in time"):
        bounded(slow)

    assert not ended.is_set()
    may_end.set()
    assert ended.wait(PATIENCE)


def test_calls_that_were_given_up_do_not_stand_in_the_way_of_others(standing):
    may_end = threading.Event()
    for _ in range(50):
        with within(SHORT / 10, buffer=SHORT / 20), pytest.raises(OutOfTime):
            bounded(may_end.wait, PATIENCE)

    with within(PATIENCE / 2, buffer=1):
        answer = bounded(int, "7")

    assert answer == 7
    may_end.set()


def test_a_call_that_finds_every_thread_taken_is_not_begun_and_says_so(standing, monkeypatch):
    may_end = threading.Event()
    calls: list[str] = []
    with ThreadPoolExecutor(1) as one_thread:
        monkeypatch.setattr("usecases.kernel.deadline._threads", one_thread)
        one_thread.submit(may_end.wait, PATIENCE)

        with within(SHORT, buffer=SHORT / 2), pytest.raises(OutOfTime, match="too many calls are waiting for answers"):
            bounded(calls.append, "begun")
        may_end.set()

    assert calls == []


def test_a_call_that_finds_every_thread_taken_is_made_when_one_is_free(monkeypatch):
    may_end = threading.Event()
    with ThreadPoolExecutor(1) as one_thread:
        monkeypatch.setattr("usecases.kernel.deadline._threads", one_thread)
        one_thread.submit(may_end.wait, PATIENCE)

        def free_the_thread_and_wait(*args):
            may_end.set()
            return wait(*args)

        monkeypatch.setattr("usecases.kernel.deadline.wait", free_the_thread_and_wait)

        with within(PATIENCE, buffer=1):
            answer = bounded(int, "7")

    assert answer == 7


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_that_was_forked_has_threads_of_its_own(standing):
    with within(LONG, buffer=1):
        bounded(int, "1")
    child = os.fork()
    if child == 0:
        answer = 0
        try:
            with within(LONG, buffer=1):
                answer = bounded(int, "7")
        finally:  # or the rest of the tests would run in two processes
            os._exit(answer)

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 7
