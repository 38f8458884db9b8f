"""A nickname is unique, on every adapter, whoever races for it."""

import pytest

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import a_member
from tests.docs.recipes.members import kept
from tests.docs.recipes.unique_nickname import ChangeNickname
from tests.docs.recipes.unique_nickname import ChangeNicknameRequest
from tests.docs.recipes.unique_nickname import DynamoDBNicknameRepository
from tests.docs.recipes.unique_nickname import InMemoryNicknameRepository
from tests.docs.recipes.unique_nickname import Join
from tests.docs.recipes.unique_nickname import Leave
from tests.docs.recipes.unique_nickname import Nickname
from tests.kernel.contracts.races import race
from usecases.kernel.requests import ChangeRequest


@pytest.fixture
def nicknames(container) -> Repository[Nickname]:
    return kept(container, memory=InMemoryNicknameRepository, dynamodb=DynamoDBNicknameRepository)


@pytest.fixture
def join(container, members, nicknames) -> Join:
    return Join(container.unit_of_work)


@pytest.fixture
def change(container, members, nicknames) -> ChangeNickname:
    return ChangeNickname(container.unit_of_work, container.events())


@pytest.fixture
def leave(container, members, nicknames) -> Leave:
    return Leave(container.unit_of_work, container.events())


def taken(nicknames: Repository[Nickname]) -> dict[str, str]:
    """Who has which nickname, by the id of its marker."""
    return {marker.id: marker.member_id for marker in nicknames.page(Everything(), limit=500).items}


def markers_of(*members: Member) -> dict[str, str]:
    return {Nickname.of(member).id: member.id for member in members}


def test_of_two_members_of_one_nickname_the_second_is_refused(join, members, nicknames):
    first, second = join.execute(a_member(nickname="Zoë")), a_member(nickname="ZOE")

    with pytest.raises(AlreadyExists) as refused:
        join.execute(second)

    assert (refused.value.kind, refused.value.id) == ("Nickname", "ZOE")
    assert members.get_many([first.id, second.id]) == [first]
    assert taken(nicknames) == markers_of(first)


def test_an_id_that_is_taken_is_told_from_a_nickname_that_is(join, nicknames):
    member = join.execute(a_member(nickname="ann"))

    for nickname in ("ann", "bea"):
        with pytest.raises(AlreadyExists) as refused:
            join.execute(member.evolve(nickname=nickname).at_version(0))

        assert (refused.value.kind, refused.value.id) == ("Member", member.id)
    assert taken(nicknames) == markers_of(member)


def test_of_members_racing_for_a_nickname_one_gets_it(join, members, nicknames):
    rivals = [a_member(f"Rival {number}", nickname="ann") for number in range(4)]

    outcomes = race(join.execute, rivals)

    [winner] = [outcome for outcome in outcomes if isinstance(outcome, Member)]
    assert [outcome.kind for outcome in outcomes if isinstance(outcome, AlreadyExists)] == ["Nickname"] * 3
    assert members.get_many(rival.id for rival in rivals) == [winner]
    assert taken(nicknames) == markers_of(winner)


def test_a_change_takes_the_new_nickname_and_frees_the_old(join, change, nicknames):
    ann = join.execute(a_member(nickname="ann"))

    changed = change.execute(ChangeNicknameRequest(id=ann.id, nickname="bea"))
    successor = join.execute(a_member(nickname="ann"))

    assert (changed.nickname, changed.version) == ("bea", 2)
    assert taken(nicknames) == markers_of(changed, successor)


def test_a_change_to_a_nickname_of_somebody_else_changes_nothing(join, change, members, nicknames):
    ann, bea = join.execute(a_member(nickname="ann")), join.execute(a_member(nickname="bea"))

    with pytest.raises(AlreadyExists) as refused:
        change.execute(ChangeNicknameRequest(id=ann.id, nickname="Bea"))

    assert (refused.value.kind, refused.value.id) == ("Nickname", "Bea")
    assert members.get_many([ann.id, bea.id]) == [ann, bea]
    assert taken(nicknames) == markers_of(ann, bea)


def test_a_change_of_case_alone_keeps_the_marker(join, change, nicknames):
    ann = join.execute(a_member(nickname="ann"))

    changed = change.execute(ChangeNicknameRequest(id=ann.id, nickname="ANN"))

    assert changed.nickname == "ANN"
    assert taken(nicknames) == markers_of(ann)


def test_racing_changes_of_one_member_are_all_made_and_leave_one_marker(join, change, members, nicknames):
    ann = join.execute(a_member(nickname="ann"))
    requests = [ChangeNicknameRequest(id=ann.id, nickname=f"ann {number}") for number in range(3)]

    outcomes = race(change.execute, requests)

    last = members.get(ann.id, consistent=True)
    assert sorted(outcome.version for outcome in outcomes) == [2, 3, 4]
    assert last.version == 4
    assert taken(nicknames) == markers_of(last)


def test_a_stale_change_is_a_conflict_of_the_member(join, change):
    ann = join.execute(a_member(nickname="ann"))
    change.execute(ChangeNicknameRequest(id=ann.id, nickname="bea"))

    with pytest.raises(Conflict) as refused:
        change.execute(ChangeNicknameRequest(id=ann.id, nickname="cat", expected_version=1))

    assert (refused.value.kind, refused.value.id) == ("Member", ann.id)


def test_who_leaves_frees_the_nickname(join, leave, members, nicknames):
    ann = join.execute(a_member(nickname="ann"))

    leave.execute(ChangeRequest(id=ann.id))
    successor = join.execute(a_member(nickname="ann"))

    with pytest.raises(NotFound):
        members.get(ann.id)
    assert taken(nicknames) == markers_of(successor)
