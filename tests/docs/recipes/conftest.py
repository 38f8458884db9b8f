"""Members, once per adapter."""

import pytest

from domain.kernel.repository import Repository
from infrastructure.container import Container
from tests.docs.recipes.members import DynamoDBMemberRepository
from tests.docs.recipes.members import InMemoryMemberRepository
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import kept


@pytest.fixture
def members(container: Container) -> Repository[Member]:
    return kept(container, memory=InMemoryMemberRepository, dynamodb=DynamoDBMemberRepository)
