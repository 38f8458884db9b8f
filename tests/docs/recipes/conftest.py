"""Members, and the club, once per adapter."""

from collections.abc import Iterator

import pytest

from domain.kernel.repository import Repository
from infrastructure.container import Container
from tests.docs.recipes.club.infrastructure.container import Container as Club
from tests.docs.recipes.club.infrastructure.settings import Settings
from tests.docs.recipes.members import DynamoDBMemberRepository
from tests.docs.recipes.members import InMemoryMemberRepository
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import kept
from tests.kernel.adapters import Adapter
from tests.kernel.chosen import chosen

chosen(["tests.docs.recipes.club.tests.adapters:SQLiteAdapter"])  # the club's own; it runs in test_sqlite_in_a_service


@pytest.fixture
def members(container: Container) -> Repository[Member]:
    return kept(container, memory=InMemoryMemberRepository, dynamodb=DynamoDBMemberRepository)


@pytest.fixture
def club(adapter: Adapter) -> Iterator[Club]:
    """The club, empty, on that adapter."""
    with adapter.container(Club, Settings) as container:
        yield container
