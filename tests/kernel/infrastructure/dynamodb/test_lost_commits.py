"""The server carried a transaction out, or did not, and its answer is lost."""

from contextlib import nullcontext

import pytest

from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from infrastructure.kernel.dynamodb.schema import GONE
from infrastructure.kernel.dynamodb.schema import LIFE
from infrastructure.kernel.dynamodb.schema import WRITE
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.network import after
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_end
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import refuse_the_connection
from tests.kernel.infrastructure.dynamodb.network import throttled
from tests.kernel.service.domain import Crate
from usecases.kernel.deadline import within

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


@pytest.mark.parametrize(
    "fault",
    [throttled, refuse_the_connection, answering(400, "ExpiredTokenException")],
    ids=["throttled", "connection-refused", "credentials-expired"],
)
def test_a_commit_stays_in_doubt_until_it_is_found_out(remote, network, crates, stored, fault):
    work = remote.unit_of_work()
    work.of(Crate).save(renamed(stored))
    network.always(lose_the_answer)
    with pytest.raises(Unavailable):
        work.commit()

    network.always(fault)
    with pytest.raises(Unavailable) as unknown:
        work.commit()
    with pytest.raises(Unavailable) as out_of_time, within(1, buffer=2):
        work.commit()
    network.always(deliver)
    work.commit()

    assert unknown.value.maybe_applied
    assert out_of_time.value.maybe_applied
    assert crates.get(stored.id, consistent=True) == renamed(stored).at_version(2)


@pytest.mark.parametrize("events", [0, 1], ids=["plain", "with-an-event"])
@pytest.mark.parametrize("repeated", ["by-the-client", "by-the-caller"])
def test_a_commit_repeated_does_not_undo_a_removal_since(remote, network, crates, published, repeated, events):
    new = a_crate()
    created, removed = an_event(new), [an_event(new.at_version(1))] * events
    work = remote.unit_of_work()
    work.of(Crate).add(new, created)

    def remove():
        crates.remove(crates.get(new.id, consistent=True), *removed)

    if repeated == "by-the-client":
        network.will(after(lose_the_answer, remove))
    else:
        network.always(lose_the_answer)
        with pytest.raises(Unavailable):
            work.commit()
        remove()
        network.always(deliver)

    work.commit()

    assert crates.get_many([new.id]) == []
    assert published() == [created, *removed]


@pytest.mark.parametrize("is_mine", [True, False], ids=["its-own", "of-another-life"])
def test_a_commit_repeated_knows_the_tombstone_of_its_own_addition(remote, network, is_mine):
    new = a_crate()
    work = remote.unit_of_work()
    work.of(Crate).add(new)
    network.always(lose_the_request)
    with pytest.raises(Unavailable):
        work.commit()
    [action] = network.sent[0].parameters["TransactItems"]
    life = action["Put"]["Item"][LIFE] if is_mine else {"S": "another"}
    network.will(refusing({**an_old(new), GONE: {"BOOL": True}, LIFE: life}))

    with nullcontext() if is_mine else pytest.raises(Unavailable, match="may have been applied"):
        work.commit()

    assert len({sent.body for sent in network.sent}) == 1


@NO_ANSWER
def test_a_commit_in_place_of_a_tombstone_is_made_once(remote, network, crates, stored, published, fault):
    other, recreated = crates.add(a_crate("Other")), an_event(stored.at_version(0))
    crates.remove(stored)
    network.will(deliver, fault)

    with remote.unit_of_work() as work:
        work.of(Crate).add(stored.at_version(0), recreated)
        work.of(Crate).save(renamed(other))
        work.commit()
        work.commit()

    assert crates.get_many([stored.id, other.id]) == [stored.at_version(3), renamed(other).at_version(2)]
    assert published() == [recreated.evolve(version=3)]
    assert len({sent.parameters["ClientRequestToken"] for sent in network.sent}) == 2


def test_a_commit_over_a_tombstone_and_a_conflict_names_the_conflict(remote, network, crates, stored):
    gone = crates.add(a_crate("Gone"))
    crates.remove(gone)
    crates.save(stored)

    with pytest.raises(TransactionFailed) as refused, remote.unit_of_work() as work:
        work.of(Crate).add(gone.at_version(0))
        work.of(Crate).save(stored)
        work.commit()

    assert [failure.id for failure in refused.value.failures] == [stored.id]
    assert network.operations() == ["TransactWriteItems"]


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
