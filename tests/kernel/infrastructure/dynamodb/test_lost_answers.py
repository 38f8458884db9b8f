"""The server carried a write out, and its answer is lost: is the repeat a success, a conflict, or unknown?"""

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.errors import Unavailable
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.network import after
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_end
from tests.kernel.infrastructure.dynamodb.network import lose_the_request

NO_ANSWER = pytest.mark.parametrize(
    "fault",
    [lose_the_answer, lose_the_end, lose_the_request, failed],
    ids=["answer-lost", "end-lost", "request-lost", "failed"],
)
"""Three accidents that the client cannot tell apart."""
NOT_APPLIED = pytest.mark.parametrize("fault", [lose_the_request, failed], ids=["request-lost", "failed"])


@pytest.fixture
def stored(crates):
    return crates.add(a_crate())


@NO_ANSWER
def test_an_addition_is_made_once(remote, network, crates, published, fault):
    new = a_crate()
    created = an_event(new)
    network.will(fault)

    added = remote.crates.add(new, created)

    assert added == crates.get(new.id, consistent=True) == new.at_version(1)
    assert published() == [created]
    assert network.operations() == ["PutItem", "PutItem"]


@NO_ANSWER
def test_a_save_is_made_once(remote, network, crates, stored, published, fault):
    changed = an_event(stored)
    network.will(fault)

    saved = remote.crates.save(renamed(stored), changed)

    assert saved == crates.get(stored.id, consistent=True) == renamed(stored).at_version(2)
    assert published() == [changed]


@NO_ANSWER
def test_a_removal_with_an_event_is_made_once(remote, network, crates, stored, published, fault):
    removed = an_event(stored)
    network.will(fault)

    remote.crates.remove(stored, removed)

    assert crates.get_many([stored.id]) == []
    assert published() == [removed]


@NO_ANSWER
def test_bulk_writes_end_the_same(remote, network, crates, stored, fault):
    new = a_crate()
    network.will(fault)
    remote.crates.put_many([new])
    network.will(fault)
    remote.crates.remove_many([stored.id])

    assert crates.get_many([new.id, stored.id]) == [new.at_version(1)]


@NOT_APPLIED
def test_a_plain_removal_that_did_not_arrive_is_made(remote, network, crates, stored, fault):
    network.will(fault)

    remote.crates.remove(stored)

    assert crates.get_many([stored.id]) == []


@pytest.mark.parametrize("fault", [lose_the_answer, lose_the_end], ids=["answer-lost", "end-lost"])
def test_a_plain_removal_recognises_itself_the_second_time(remote, network, crates, stored, fault):
    network.will(fault)

    remote.crates.remove(stored)

    assert crates.get_many([stored.id]) == []
    assert network.operations() == ["PutItem", "PutItem"]


def test_an_addition_overtaken_by_a_save_has_been_made(remote, network, crates, published):
    new = a_crate()
    created = an_event(new)
    network.will(after(lose_the_answer, lambda: crates.save(renamed(new.at_version(1)))))

    added = remote.crates.add(new, created)

    assert added == new.at_version(1)
    assert crates.get(new.id, consistent=True) == renamed(new).at_version(2)
    assert published() == [created]


@pytest.mark.parametrize("events", [0, 1], ids=["plain", "with-an-event"])
@pytest.mark.parametrize("fault", [lose_the_answer, lose_the_end], ids=["answer-lost", "end-lost"])
def test_an_addition_that_was_removed_since_is_not_made_again(remote, network, crates, published, fault, events):
    new = a_crate()
    created, removed = an_event(new), [an_event(new.at_version(1))] * events

    def remove():
        crates.remove(crates.get(new.id, consistent=True), *removed)

    network.will(after(fault, remove))

    added = remote.crates.add(new, created)

    assert added == new.at_version(1)
    assert crates.get_many([new.id]) == []
    assert published() == [created, *removed]


@pytest.mark.parametrize("last", ["removed", "stored"])
def test_an_addition_whose_id_was_used_again_since_may_have_been_made(remote, network, crates, published, last):
    new = a_crate()
    created, recreated = an_event(new), an_event(new)

    def use_again():
        crates.remove(crates.get(new.id, consistent=True))
        again = crates.add(renamed(new), recreated)
        if last == "removed":
            crates.remove(again)

    network.will(after(lose_the_answer, use_again))

    with pytest.raises(Unavailable) as unknown:
        remote.crates.add(new, created)

    assert unknown.value.maybe_applied
    assert [crate.name for crate in crates.get_many([new.id])] == [renamed(new).name] * (last == "stored")
    assert [event.event_id for event in published()] == [created.event_id, recreated.event_id]


def test_an_addition_that_was_removed_by_one_who_knew_only_its_version_may_have_been_made(remote, network, crates):
    new = a_crate()
    network.will(after(lose_the_answer, lambda: crates.remove(new.at_version(1))))

    with pytest.raises(Unavailable) as unknown:
        remote.crates.add(new)

    assert unknown.value.maybe_applied
    assert crates.get_many([new.id]) == []


@NO_ANSWER
def test_an_addition_in_place_of_a_tombstone_is_made_once(remote, network, crates, stored, published, fault):
    recreated = an_event(stored.at_version(0))
    crates.remove(stored)
    network.will(deliver, fault)

    added = remote.crates.add(stored.at_version(0), recreated)

    assert added == crates.get(stored.id, consistent=True) == stored.at_version(3)
    assert published() == [recreated.evolve(version=3)]
    assert network.operations() == ["PutItem"] * 3


def test_an_addition_in_place_of_a_tombstone_that_was_removed_since_is_not_made_again(
    remote, network, crates, stored, published
):
    recreated = an_event(stored.at_version(0))
    crates.remove(stored)
    network.will(deliver, after(lose_the_answer, lambda: crates.remove(crates.get(stored.id, consistent=True))))

    added = remote.crates.add(stored.at_version(0), recreated)

    assert added == stored.at_version(3)
    assert crates.get_many([stored.id]) == []
    assert published() == [recreated.evolve(version=3)]


def test_an_addition_follows_those_who_add_and_remove_in_between(remote, network, crates, stored):
    crates.remove(stored)

    def use_again():
        crates.remove(crates.add(renamed(stored).at_version(0)))

    network.will(after(deliver, use_again), after(deliver, use_again))

    added = remote.crates.add(stored.at_version(0))

    assert added == crates.get(stored.id, consistent=True)
    assert network.operations() == ["PutItem"] * 4


def test_an_addition_follows_a_clean_up_in_between(remote, network, crates, stored):
    crates.remove(stored)
    network.will(after(deliver, lambda: crates.remove_many([stored.id])))

    added = remote.crates.add(stored.at_version(0))

    assert added == crates.get(stored.id, consistent=True)
    assert network.operations() == ["PutItem"] * 3


def test_a_save_overtaken_by_another_may_have_been_made(remote, network, crates, stored):
    mine = renamed(stored)
    network.will(after(lose_the_answer, lambda: crates.save(renamed(mine.at_version(2)))))

    with pytest.raises(Unavailable) as unknown:
        remote.crates.save(mine)

    assert unknown.value.maybe_applied
    assert crates.get(stored.id, consistent=True) == renamed(mine).at_version(3)


@pytest.mark.parametrize("events", [0, 1], ids=["plain", "with-an-event"])
def test_a_save_overtaken_by_a_removal_may_have_been_made(remote, network, crates, stored, events):
    mine = stored.at_version(2)
    network.will(after(lose_the_answer, lambda: crates.remove(mine, *[an_event(mine)] * events)))

    with pytest.raises(Unavailable) as unknown:
        remote.crates.save(stored)

    assert unknown.value.maybe_applied


@pytest.mark.parametrize("removed_by", ["a-removal", "a-clean-up"])
@pytest.mark.parametrize("saves", [0, 1, 2])
def test_a_save_whose_id_was_used_again_since_may_have_been_made(remote, network, crates, stored, removed_by, saves):
    def use_again():
        if removed_by == "a-removal":
            crates.remove(crates.get(stored.id, consistent=True))
        else:
            crates.remove_many([stored.id])
        again = crates.add(stored.at_version(0))
        for _ in range(saves):
            again = crates.save(again)

    network.will(after(lose_the_answer, use_again))

    with pytest.raises(Unavailable) as unknown:
        remote.crates.save(renamed(stored))

    assert unknown.value.maybe_applied
    assert crates.get(stored.id, consistent=True).name == stored.name


@NOT_APPLIED
def test_a_save_that_lost_to_another_while_no_answer_came_is_still_a_conflict(remote, network, crates, stored, fault):
    network.will(after(fault, lambda: crates.save(renamed(stored))))

    with pytest.raises(Conflict) as refused:
        remote.crates.save(stored)

    assert (refused.value.expected, refused.value.found) == (1, 2)
    assert crates.get(stored.id, consistent=True) == renamed(stored).at_version(2)


def test_an_addition_that_lost_to_another_while_no_answer_came_is_still_refused(remote, network, crates):
    new = a_crate()
    network.will(after(lose_the_request, lambda: crates.add(renamed(new))))

    with pytest.raises(AlreadyExists):
        remote.crates.add(new)

    assert crates.get(new.id, consistent=True) == renamed(new).at_version(1)


def test_without_a_lost_answer_a_refusal_is_what_it_seems(remote, network, crates, stored):
    crates.save(crates.save(stored))
    network.will(deliver)

    with pytest.raises(Conflict) as refused:
        remote.crates.save(stored)
    with pytest.raises(NotFound):
        remote.crates.remove(a_crate().at_version(1))

    assert (refused.value.expected, refused.value.found) == (1, 3)


def test_no_call_remembers_the_lost_answer_of_another(remote, network, crates, stored):
    newest = crates.save(crates.save(stored))
    network.will(lose_the_answer)
    remote.crates.add(a_crate())

    with pytest.raises(Conflict):
        remote.crates.save(stored)

    assert crates.get(stored.id, consistent=True) == newest
