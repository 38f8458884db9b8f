"""The aggregate of the recipes: a member of a supporters' club."""

from collections.abc import Callable
from typing import Any
from typing import ClassVar
from typing import TypeVar

from ulid import ULID

from domain.kernel.entity import Entity
from domain.kernel.listing import Listing
from domain.kernel.repository import Repository
from domain.kernel.text import Name
from infrastructure.container import Container
from infrastructure.dynamodb.persistence import DynamoDBPersistence
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.memory.repository import InMemoryRepository
from infrastructure.memory.persistence import InMemoryPersistence
from tests.kernel.adapters import DynamoDBAdapter
from tests.kernel.fixtures import ADAPTERS

T = TypeVar("T")

DYNAMODB = [adapter for adapter in ADAPTERS if isinstance(adapter, DynamoDBAdapter)]
"""For what only DynamoDB has."""


class Member(Entity):
    """A member of a supporters' club."""

    name: Name
    nickname: Name
    city: Name

    of_city: ClassVar[Listing] = Listing(by="city", order="name")

    @property
    def listed_as(self) -> str:
        return self.name


class MemberRepository(Repository[Member]):
    """Stores members."""

    kind = Member


class InMemoryMemberRepository(InMemoryRepository[Member], MemberRepository):
    """Stores members in memory."""


class DynamoDBMemberRepository(DynamoDBRepository[Member], MemberRepository):
    """Stores members in DynamoDB."""

    type_name = "MEMBER"


def a_member(name: str = "Ann Lee", *, nickname: str = "ann", city: str = "Leeds") -> Member:
    return Member(id=str(ULID()), name=name, nickname=nickname, city=city)


def on_dynamodb(container: Container) -> DynamoDBPersistence:
    """The persistence of `container`, which is DynamoDB's."""
    persistence = container.persistence()
    assert isinstance(persistence, DynamoDBPersistence)
    return persistence


def kept(container: Container, *, memory: Callable[[Any], T], dynamodb: Callable[[Any], T]) -> T:
    """What the adapter of `container` has behind a port: of a service, a line in its persistence.py.

    Its table gets the indexes that it lacks.
    """
    persistence = container.persistence()
    if isinstance(persistence, DynamoDBPersistence):
        made = dynamodb(persistence.store)
        create(persistence.store.table, persistence.store.indexes)
        return made
    assert isinstance(persistence, InMemoryPersistence)
    return memory(persistence.store)
