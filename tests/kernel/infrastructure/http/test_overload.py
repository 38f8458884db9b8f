"""More requests than threads: who is served, who waits, and who is refused at once."""

from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import as_completed
from contextlib import contextmanager
from itertools import islice

import httpx
import pytest

from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.infrastructure.http.answers import problem
from tests.kernel.infrastructure.http.serving import DEADLINE_SECONDS
from tests.kernel.infrastructure.http.serving import Hanging
from tests.kernel.infrastructure.http.serving import serving
from tests.kernel.service.container import Container
from tests.kernel.service.settings import Settings

THREADS = 2
AT_ONCE = 8

Ask = Callable[[str], httpx.Response]


@pytest.fixture
def hanging() -> Hanging:
    return Hanging()


@pytest.fixture
def callers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(AT_ONCE) as callers:
        yield callers


@contextmanager
def busy(
    hanging: Hanging, callers: ThreadPoolExecutor, *, waiting: int
) -> Iterator[tuple[Ask, list[Future[httpx.Response]]]]:
    """A server whose threads hang, all of them; how to ask it, and what they are asked for. They are let go in the end."""
    container: Container = an_in_memory_container()
    container.settings.override(Settings(event_bus="memory", threads=THREADS, waiting_requests=waiting))
    container.get_crate.override(hanging)
    with serving(container) as served:

        def ask(path: str) -> httpx.Response:
            return httpx.get(f"{served.url}{path}", timeout=DEADLINE_SECONDS)

        under_way = [callers.submit(ask, "/crates/s1") for _ in range(THREADS)]
        try:
            for _ in range(THREADS):
                assert hanging.begun.acquire(timeout=DEADLINE_SECONDS)
            yield ask, under_way
        finally:
            hanging.may_end.set()


def test_whether_it_lives_is_answered_while_every_thread_hangs(hanging, callers):
    with busy(hanging, callers, waiting=0) as (ask, _):
        alive = ask("/health/live")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})


def test_what_is_more_than_may_wait_is_refused_at_once_and_may_be_asked_again(hanging, callers):
    with busy(hanging, callers, waiting=0) as (ask, under_way):
        refused = ask("/crates")

    assert problem(refused) == (503, "unavailable")
    assert (refused.json()["maybe_applied"], refused.headers["retry-after"]) == (False, "1")
    assert [each.result().status_code for each in under_way] == [200] * THREADS


def test_a_service_that_refuses_requests_is_not_ready(hanging, callers):
    with busy(hanging, callers, waiting=0) as (ask, _):
        assert ask("/health/ready").status_code == 503


def test_so_many_requests_wait_for_a_thread_and_are_served(hanging, callers):
    with busy(hanging, callers, waiting=3) as (ask, _):
        more = [callers.submit(ask, "/crates/s1") for _ in range(5)]
        refused = [each.result().status_code for each in islice(as_completed(more, DEADLINE_SECONDS), 2)]
        hanging.may_end.set()
        served = sorted(each.result().status_code for each in more)

    assert refused == [503, 503]
    assert served == [200, 200, 200, 503, 503]


def test_when_threads_are_free_again_requests_are_served(hanging, callers):
    with busy(hanging, callers, waiting=0) as (ask, under_way):
        hanging.may_end.set()
        for each in under_way:
            each.result()
        assert ask("/crates/s1").status_code == 200
