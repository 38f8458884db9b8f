"""What is promised where an answer can be lost, or nobody answers at all: no write is made twice, and no error lies."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.base import refusal
from tests.kernel.contracts.failure_base import CALLS
from tests.kernel.contracts.failure_base import WRITES
from tests.kernel.contracts.failure_base import ProcessContract
from tests.kernel.contracts.failure_base import one_each
from tests.kernel.contracts.failure_base import outcome
from tests.kernel.contracts.failure_base import outcomes
from tests.kernel.contracts.failure_base import told
from tests.kernel.contracts.failure_base import unless_unavailable
from tests.kernel.service.domain import Crate

Fault = Callable[[], AbstractContextManager[object]]


class AnswersContract(ProcessContract):
    """What is promised where an answer can be lost, or nobody answers at all."""

    @pytest.fixture
    def losing_the_answer(self) -> Fault:
        """A context in which the store makes every write of `process`, and no answer comes back."""
        raise NotImplementedError

    @pytest.fixture
    def losing_the_request(self) -> Fault:
        """A context in which no write of `process` is made, which looks no different to it."""
        raise NotImplementedError

    @pytest.fixture
    def gone(self) -> Fault:
        """A context in which `process` cannot reach the store, and knows that nothing was begun."""
        raise NotImplementedError

    def test_a_write_whose_answer_is_lost_may_have_been_made(self, process, losing_the_answer):
        stored = one_each(process)

        with losing_the_answer():
            ends = outcomes(process, WRITES, stored)

        assert unless_unavailable(ends, maybe_applied=True) == {}
        found = {crate.id: crate.version for crate in process.crates().get_many(each.id for each in stored.values())}
        assert {name: found.get(stored[name].id) for name in WRITES} == {
            **dict.fromkeys(WRITES, 1),
            **dict.fromkeys(("save", "save with an event", "commit"), 2),
            **dict.fromkeys(("remove", "remove with an event", "remove_many"), None),
        }

    def test_a_write_that_could_not_be_sent_was_not_made(self, process, gone):
        stored = one_each(process)

        with gone():
            ends = outcomes(process, WRITES, stored)

        assert unless_unavailable(ends, maybe_applied=False) == {}
        assert process.crates().get_many(each.id for each in stored.values()) == list(stored.values())

    def test_while_the_store_is_gone_every_call_is_unavailable(self, process, gone):
        stored = one_each(process)

        with gone():
            ends = outcomes(process, CALLS, stored)

        assert {name: repr(end) for name, end in ends.items() if not isinstance(end, Unavailable)} == {}

    def test_while_the_store_is_gone_the_service_is_not_ready(self, process, gone):
        with gone():
            end = outcome(process.persistence().check)

        assert isinstance(end, Unavailable)
        process.persistence().check()

    @pytest.mark.parametrize("fault", ["losing_the_answer", "losing_the_request"])
    def test_a_commit_repeated_when_its_answer_is_missing_is_made_once(self, process, carry, request, fault):
        old, removed, new = process.crates().add(a_crate()), process.crates().add(a_crate()), a_crate()
        changed, ended, created = an_event(old), an_event(removed), an_event(new)
        work = process.unit_of_work()
        work.of(Crate).save(renamed(old), changed)
        work.of(Crate).remove(removed, ended)
        work.of(Crate).add(new, created)

        with request.getfixturevalue(fault)(), refusal(Unavailable, of=fault) as unknown:
            work.commit()
        ends = [outcome(work.commit) for _ in range(2)]
        carry(process)

        assert unknown.value.maybe_applied
        assert ends == [None, None]
        found = process.crates().get_many([old.id, removed.id, new.id])
        assert found == [renamed(old).at_version(2), new.at_version(1)]
        assert [told(process, about) for about in (old, removed, new)] == [[changed], [ended], [created]]

    def test_a_commit_in_doubt_stays_in_doubt_while_nobody_answers(self, process, losing_the_answer, gone):
        new = a_crate()
        work = process.unit_of_work()
        work.of(Crate).add(new)

        with losing_the_answer():
            ends = {"the first commit": outcome(work.commit)}
        with gone():
            ends |= {f"commit {number}": outcome(work.commit) for number in (2, 3)}
        work.commit()

        assert unless_unavailable(ends, maybe_applied=True) == {}
        assert process.crates().get(new.id, consistent=True) == new.at_version(1)

    @pytest.mark.parametrize("fault", ["losing_the_answer", "losing_the_request"])
    def test_a_commit_in_doubt_undoes_nothing_that_was_written_since(self, process, request, fault):
        stored = process.crates().add(a_crate())
        work = process.unit_of_work()
        work.of(Crate).save(renamed(stored))
        with request.getfixturevalue(fault)(), refusal(Unavailable, of=fault):
            work.commit()
        since = process.crates().save(process.crates().get(stored.id, consistent=True).rename("Since"))

        end = outcome(work.commit)

        assert process.crates().get(stored.id, consistent=True) == since
        is_unknown = isinstance(end, Unavailable) and end.maybe_applied
        if fault == "losing_the_answer":
            assert end is None or is_unknown, f"a commit that was made is told as {end!r}"
        else:
            assert isinstance(end, TransactionFailed) or is_unknown, f"a commit that was not made is told as {end!r}"
