"""The server carried a transaction out, or did not, and its answer is lost."""

import pytest

from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.schema import WRITE
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_end
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.service.domain import Crate

NO_ANSWER = pytest.mark.parametrize(
    "fault",
    [lose_the_answer, lose_the_end, lose_the_request, failed],
    ids=["answer-lost", "end-lost", "request-lost", "failed"],
)
"""Three accidents that the client cannot tell apart."""


@pytest.fixture
def stored(crates):
    return crates.add(a_crate())


@NO_ANSWER
def test_a_unit_of_work_is_committed_once(remote, network, crates, stored, published, fault):
    changed, new = an_event(stored), a_crate("New")
    network.will(fault)

    with remote.unit_of_work() as work:
        work.of(Crate).save(renamed(stored), changed)
        work.of(Crate).add(new)
        work.commit()

    assert crates.get_many([stored.id, new.id]) == [renamed(stored).at_version(2), new.at_version(1)]
    assert published() == [changed]


def refusing(*olds):
    """The answer of a server that has forgotten the token of the transaction, as all do after ten minutes."""
    reasons = [{"Code": "None"} if old is None else {"Code": "ConditionalCheckFailed", "Item": old} for old in olds]
    return answering(400, "TransactionCanceledException", CancellationReasons=reasons)


def an_old(crate, write_id="SOMEBODY"):
    return {"pk": {"S": f"CRATE#{crate.id}"}, "version": {"N": str(crate.version)}, WRITE: {"S": write_id}}


def test_a_transaction_that_finds_its_own_write_has_been_made(remote, network, stored):
    other = a_crate().at_version(1)
    work = remote.unit_of_work()
    work.of(Crate).save(stored)
    work.of(Crate).save(other)

    def refuse(to_server):
        token = network.sent[0].parameters["ClientRequestToken"]
        return refusing(an_old(stored.at_version(9)), an_old(other.at_version(2), token))(to_server)

    network.will(lose_the_request, refuse)

    work.commit()

    assert network.operations() == ["TransactWriteItems"] * 2


def test_a_transaction_overtaken_everywhere_may_have_been_made(remote, network, stored):
    work = remote.unit_of_work()
    work.of(Crate).save(stored)
    network.will(lose_the_request, refusing(an_old(stored.at_version(3))))

    with pytest.raises(Unavailable) as unknown:
        work.commit()

    assert unknown.value.maybe_applied


def test_a_transaction_that_was_refused_without_a_lost_answer_was_not_made(remote, network, stored):
    work = remote.unit_of_work()
    work.of(Crate).save(stored)
    network.will(refusing(an_old(stored.at_version(3))))

    with pytest.raises(TransactionFailed) as refused:
        work.commit()

    assert refused.value.retryable


def test_a_commit_that_was_not_answered_is_finished_by_another_commit(remote, network, crates, stored, published):
    changed, new = an_event(stored), a_crate("New")
    work = remote.unit_of_work()
    work.of(Crate).save(renamed(stored), changed)
    work.of(Crate).add(new)
    network.always(lose_the_answer)
    with pytest.raises(Unavailable) as unknown:
        work.commit()
    network.always(deliver)

    work.commit()
    work.commit()

    assert unknown.value.maybe_applied
    assert crates.get_many([stored.id, new.id]) == [renamed(stored).at_version(2), new.at_version(1)]
    assert published() == [changed]
    assert len({sent.body for sent in network.sent}) == 1
    assert network.sent[0].parameters["ClientRequestToken"]


def test_a_commit_repeated_after_it_was_overtaken_may_have_been_made_all_the_same(remote, network, stored):
    work = remote.unit_of_work()
    work.of(Crate).save(stored)
    network.always(lose_the_request)
    with pytest.raises(Unavailable):
        work.commit()
    network.will(refusing(an_old(stored.at_version(3))))

    with pytest.raises(Unavailable) as unknown:
        work.commit()

    assert unknown.value.maybe_applied
