"""Entities that an older release stored are in a new listing after they are rewritten or put again."""

from typing import Any

import pytest
from typer.testing import CliRunner

from domain.kernel.entity import Entity
from domain.kernel.text import Name
from infrastructure.container import Container
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from tests.docs.recipes.members import DYNAMODB
from tests.docs.recipes.members import DynamoDBMemberRepository
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import on_dynamodb
from tests.kernel.infrastructure.conftest import process_as_it_was

__all__ = ["process_as_it_was"]

pytestmark = [
    pytest.mark.parametrize("adapter", DYNAMODB, ids=lambda adapter: adapter.name, indirect=True),
    pytest.mark.usefixtures("process_as_it_was"),
]


class OlderMember(Entity):
    """A member, before there was a listing by city."""

    name: Name
    nickname: Name
    city: Name

    @property
    def listed_as(self) -> str:
        return self.name


class OlderRepository(DynamoDBRepository[OlderMember]):
    kind = OlderMember
    type_name = "MEMBER"


@pytest.fixture
def store(container: Container) -> DynamoDBStore:
    return on_dynamodb(container).store


@pytest.fixture
def older(store) -> OlderRepository:
    return OlderRepository(store)


@pytest.fixture
def members(store) -> DynamoDBMemberRepository:
    members = DynamoDBMemberRepository(store)
    create(store.table, store.indexes)
    return members


def older_members(count: int) -> list[OlderMember]:
    return [OlderMember(id=f"m{n:03}", name=f"Member {n:03}", nickname=f"n{n}", city="Leeds") for n in range(count)]


def test_a_new_listing_has_them_all_after_they_are_saved_again(container, older, members):
    command_line = Container()  # it closes its store when it ends
    command_line.settings.override(container.settings())
    persistence: Any = on_dynamodb(command_line)
    persistence.members = DynamoDBMemberRepository(persistence.store)
    for member in older_members(120):
        older.add(member)
    before = members.page(Member.of_city("Leeds"), limit=500)

    ended = CliRunner().invoke(app, ["rewrite", "--all", "Member"], obj=Service(command_line, ()))

    after = members.page(Member.of_city("Leeds"), limit=500)
    assert ended.exit_code == 0
    assert before.items == ()
    assert [(member.id, member.version) for member in after.items] == [(f"m{n:03}", 2) for n in range(120)]


def test_a_new_listing_has_them_all_after_they_are_put_again(older, members):
    for member in older_members(3):
        older.add(member)

    members.put_many(members.get_many(["m000", "m001", "m002"]))

    page = members.page(Member.of_city("Leeds"), limit=500)
    assert [(member.id, member.version) for member in page.items] == [("m000", 1), ("m001", 1), ("m002", 1)]
