"""Members keep the contract, and are listed by their city."""

import pytest

from infrastructure.container import Container
from tests.docs.recipes.members import DynamoDBMemberRepository
from tests.docs.recipes.members import InMemoryMemberRepository
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import MemberRepository
from tests.docs.recipes.members import a_member
from tests.docs.recipes.members import kept
from tests.kernel.contracts.repository import RepositoryContract


class TestMembers(RepositoryContract[Member]):
    make = named = staticmethod(a_member)
    changed = staticmethod(lambda member: member.evolve(name=f"{member.name} II"))

    @pytest.fixture
    def repository(self, container: Container) -> MemberRepository:
        return kept(container, memory=InMemoryMemberRepository, dynamodb=DynamoDBMemberRepository)


@pytest.fixture
def members(container: Container) -> MemberRepository:
    return kept(container, memory=InMemoryMemberRepository, dynamodb=DynamoDBMemberRepository)


def test_the_members_of_a_city_are_listed_by_name(members):
    zoe, ann = members.add(a_member("Zoë", city="Leeds")), members.add(a_member("ann", city="Leeds"))
    members.add(a_member("Bea", city="York"))

    page = members.page(Member.of_city("Leeds"), limit=50)

    assert page.items == (ann, zoe)
