"""What is promised of the deadline: nothing begins too late, and nobody waits longer."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from threading import Thread
from typing import Any
from typing import ClassVar

import pytest

from domain.kernel.repository import Everything
from tests.kernel.contracts.base import walk
from tests.kernel.contracts.failure_base import CALLS
from tests.kernel.contracts.failure_base import READS
from tests.kernel.contracts.failure_base import WRITES
from tests.kernel.contracts.failure_base import ProcessContract
from tests.kernel.contracts.failure_base import one_each
from tests.kernel.contracts.failure_base import outcome
from tests.kernel.contracts.failure_base import outcomes
from tests.kernel.contracts.failure_base import unless_unavailable
from usecases.kernel.deadline import within

LONG, SHORT = 1000, 0.05
"""Seconds that no test takes; seconds that a call may take."""

Held = Callable[[], AbstractContextManager[bool]]


class DeadlinesContract(ProcessContract):
    """What is promised of the deadline."""

    patience: ClassVar[float] = 60
    """After how many seconds a call that should have ended is taken for one that never ends."""

    @pytest.fixture
    def held(self) -> Held:
        """A context in which no call to the store is answered, as when somebody else has locked it.

        It yields whether a write that is not answered in there may be made nevertheless.
        """
        raise NotImplementedError

    @pytest.fixture
    def standing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The clock stands still, so that a machine that pauses cannot make it too late to begin."""
        monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: 0.0)

    @pytest.fixture
    def patiently(self) -> Iterator[Callable[..., Any]]:
        """What became of a call, which has a short deadline and a thread of its own."""
        threads: list[Thread] = []

        def patiently(call: Callable[..., Any], *args: Any) -> Any:
            ends: list[Any] = []

            def run() -> None:
                with within(SHORT, buffer=SHORT / 2):
                    ends.append(outcome(call, *args))

            threads.append(Thread(target=run))
            threads[-1].start()
            threads[-1].join(self.patience)
            return ends[0] if ends else "it does not end"

        yield patiently
        for thread in threads:
            thread.join()

    def test_nothing_begins_within_the_buffer(self, process):
        stored = one_each(process)

        with within(LONG, buffer=LONG + 1):
            ends = outcomes(process, CALLS, stored)

        assert unless_unavailable(ends, maybe_applied=False) == {}
        assert sorted(each.id for each in walk(process.crates(), Everything(), limit=50)) == sorted(
            each.id for each in stored.values()
        )
        assert process.crates().get_many(each.id for each in stored.values()) == list(stored.values())

    @pytest.mark.usefixtures("standing")
    def test_a_call_that_is_not_answered_ends_by_the_deadline(self, process, held, patiently):
        stored = one_each(process)

        with held() as may_arrive:
            ends = {name: patiently(call, process, stored[name]) for name, call in CALLS.items()}

        assert unless_unavailable({name: ends[name] for name in READS}, maybe_applied=False) == {}
        assert unless_unavailable({name: ends[name] for name in WRITES}, maybe_applied=may_arrive) == {}
        if not may_arrive:
            assert process.crates().get_many(each.id for each in stored.values()) == list(stored.values())
