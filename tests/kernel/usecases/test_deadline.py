"""How much time is left, and what is not begun any more."""

from contextvars import copy_context
from threading import Thread

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import Failure
from domain.kernel.errors import TransactionFailed
from usecases.kernel.conflicts import retry_conflicts
from usecases.kernel.conflicts import retry_failed_transactions
from usecases.kernel.deadline import deadline
from usecases.kernel.deadline import within

LONG = 1000
"""Seconds that no test takes."""


def test_there_is_no_deadline_unless_one_is_set():
    assert deadline() is None


def test_a_deadline_holds_until_the_end_of_its_block():
    with within(LONG, buffer=1):
        inside = deadline()

    assert inside is not None
    assert deadline() is None


def test_what_has_the_buffer_left_can_be_begun_and_what_has_less_cannot():
    with within(LONG, buffer=10):
        here = deadline()

    assert here is not None
    assert not here.is_too_late()
    assert not here.is_too_late(after=LONG - 11)
    assert here.is_too_late(after=LONG - 10)


def test_what_is_under_way_may_use_half_of_the_buffer():
    with within(LONG, buffer=10):
        here = deadline()

    assert here is not None
    assert LONG - 6 < here.seconds_left() <= LONG - 5


def test_a_deadline_is_not_that_of_other_threads_unless_they_get_a_copy_of_the_context():
    seen = []

    def look():
        seen.append(deadline())

    with within(LONG, buffer=1):
        here = deadline()
        for thread in (Thread(target=look), Thread(target=copy_context().run, args=(look,))):
            thread.start()
            thread.join()

    assert seen == [None, here]


@pytest.mark.parametrize("retry", [retry_conflicts, retry_failed_transactions], ids=["all", "transactions"])
def test_a_conflict_is_not_tried_again_when_it_would_be_too_late(retry):
    runs = []

    def lose():
        runs.append(1)
        raise TransactionFailed(Failure("Specimen", "s1", Conflict("Specimen", "s1", expected=1, found=2)))

    with within(LONG, buffer=LONG + 1), pytest.raises(TransactionFailed):
        retry(lose)

    assert runs == [1]
