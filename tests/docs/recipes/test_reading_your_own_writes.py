"""What was just written is known without reading it again, on every adapter."""

import json
from http import HTTPStatus

import pytest

from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from infrastructure.container import Container
from infrastructure.kernel.api.call import Answer
from infrastructure.kernel.api.call import Call
from infrastructure.kernel.api.endpoint import Endpoint
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import a_member
from tests.docs.recipes.members import kept
from tests.docs.recipes.unique_nickname import ChangeNickname
from tests.docs.recipes.unique_nickname import ChangeNicknameRequest
from tests.docs.recipes.unique_nickname import DynamoDBNicknameRepository
from tests.docs.recipes.unique_nickname import InMemoryNicknameRepository
from tests.docs.recipes.unique_nickname import Join

CHANGE_NICKNAME = Endpoint("PATCH", "/members/{id}", ChangeNicknameRequest, ChangeNickname, scope=None)


def test_a_write_returns_what_is_stored(members: Repository[Member]):
    joined = members.add(a_member(city="Leeds"))
    moved = members.save(joined.evolve(city="York"))

    assert moved.version == 2
    assert members.get(moved.id, consistent=True) == moved


def test_a_walk_that_begins_later_finds_it(members: Repository[Member]):
    joined = members.add(a_member())

    assert members.page(Everything(), limit=10).items == (joined,)


class TestTheVersionOfAnAnswer:
    @pytest.fixture
    def change(self, container: Container, members) -> ChangeNickname:
        kept(container, memory=InMemoryNicknameRepository, dynamodb=DynamoDBNicknameRepository)
        return ChangeNickname(container.unit_of_work, container.events())

    @pytest.fixture
    def ann(self, container: Container, change) -> Member:
        return Join(container.unit_of_work).execute(a_member(nickname="ann"))

    def test_is_what_the_next_change_expects(self, change, ann):
        def patch(nickname: str, *, if_match: str) -> Answer:
            headers = {"content-type": "application/json", "if-match": if_match}
            body = json.dumps({"nickname": nickname}).encode()
            return CHANGE_NICKNAME.answer(Call({"id": ann.id}, headers=headers, body=body), lambda: change)

        first = patch("bea", if_match=f'"{ann.version}"')
        second = patch("cat", if_match=first.headers["etag"])
        late = patch("dan", if_match=first.headers["etag"])

        assert (first.status, second.status, second.headers["etag"]) == (HTTPStatus.OK, HTTPStatus.OK, '"3"')
        assert late.status == HTTPStatus.PRECONDITION_FAILED
