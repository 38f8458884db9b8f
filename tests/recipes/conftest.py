"""Members, once per adapter."""

import pytest

from domain.repository import Repository
from infrastructure.container import Container
from tests.recipes.members import DynamoDBMemberRepository
from tests.recipes.members import InMemoryMemberRepository
from tests.recipes.members import Member
from tests.recipes.members import kept


@pytest.fixture
def members(container: Container) -> Repository[Member]:
    return kept(container, memory=InMemoryMemberRepository, dynamodb=DynamoDBMemberRepository)
