"""Ids sort in the order they are made in."""

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from infrastructure.kernel.ids import Ids
from infrastructure.kernel.wiring import new_id

THREADS = 8


@pytest.fixture
def hectic():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hectic")
def test_ids_sort_as_each_of_many_threads_was_given_them():
    with ThreadPoolExecutor(THREADS) as pool:
        given = list(pool.map(lambda _: [new_id() for _ in range(5_000)], range(THREADS)))

    assert [(one, other) for ids in given for one, other in pairwise(ids) if one >= other] == []
    assert len({id for ids in given for id in ids}) == THREADS * 5_000


def test_ids_sort_although_they_are_renewed():
    ids = Ids(lambda: 5_000_000_000)
    made = []

    for _ in range(50):
        made.append(ids.new())
        ids.renew()

    assert made == sorted(set(made))


def test_ids_sort_although_the_clock_is_put_back():
    times = iter([5_000_000_000, 4_000_000_000, 1_000_000, 5_000_000_000, 6_000_000_000])

    ids = Ids(lambda: next(times))

    made = [ids.new() for _ in range(5)]
    assert made == sorted(set(made))
