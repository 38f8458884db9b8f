"""A query of one's own: the members of a city, in the order of the listing."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from time import sleep
from typing import Any

from domain.kernel.errors import InvalidArgument
from domain.kernel.preconditions import require_limit
from domain.kernel.repository import Page
from domain.kernel.repository import Query
from domain.kernel.repository import Repository
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from infrastructure.kernel.dynamodb import schema
from infrastructure.kernel.dynamodb.administration import describe
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.dynamodb.schema import POSITION
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.memory.repository import InMemoryRepository
from tests.docs.recipes.members import Member


@dataclass(frozen=True)
class LivingIn(Query):
    """Members of a city; a cursor is good for one city only."""

    city: str

    def __post_init__(self) -> None:
        if not self.city:
            raise InvalidArgument("city", "must not be empty")


class MemberRepository(Repository[Member]):
    """Stores members."""

    kind = Member

    @abstractmethod
    def living_in(self, city: str, *, limit: int, cursor: str | None = None) -> Page[Member]:
        """The members whose city is exactly that; all else is as `page` promises.

        Raises:
            InvalidArgument: the city is empty, or the limit is out of bounds.
            InvalidCursor: the cursor is damaged, or of another query.
        """


BY_CITY: Mapping[str, Any] = {
    "IndexName": "by-city",
    "KeySchema": [
        {"AttributeName": "city", "KeyType": "HASH"},
        {"AttributeName": POSITION, "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
TABLE: Mapping[str, Any] = {
    **schema.TABLE,
    "AttributeDefinitions": [
        *schema.TABLE["AttributeDefinitions"],
        {"AttributeName": "city", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [*schema.TABLE["GlobalSecondaryIndexes"], BY_CITY],
}


def add_index(table: Table) -> None:
    """Adds the index to a table in use, and waits until DynamoDB has filled it."""
    table.call(
        "update_table",
        TableName=table.name,
        AttributeDefinitions=TABLE["AttributeDefinitions"],
        GlobalSecondaryIndexUpdates=[{"Create": BY_CITY}],
    )
    while {index["IndexStatus"] for index in describe(table)["GlobalSecondaryIndexes"]} != {"ACTIVE"}:
        sleep(5)


class DynamoDBMemberRepository(DynamoDBRepository[Member], MemberRepository):
    """Stores members in DynamoDB."""

    type_name = "MEMBER"

    def living_in(self, city: str, *, limit: int, cursor: str | None = None) -> Page[Member]:
        require_limit(limit)
        query = LivingIn(city)
        after = "\0" if cursor is None else decode_cursor(Member, query, cursor)
        answer = self._table.call(
            "query",
            TableName=self._table.name,
            IndexName=BY_CITY["IndexName"],
            KeyConditionExpression="#city = :city AND #position > :after",
            ExpressionAttributeNames={"#city": "city", "#position": POSITION},
            ExpressionAttributeValues={":city": encode(city), ":after": encode(after)},
            Limit=limit,
        )
        listed = {self._mapping.id(item): item[POSITION]["S"] for item in answer["Items"]}
        found = self.get_many(listed)
        # The index lags behind: who has moved or was renamed since is not where the index says.
        items = tuple(member for member in found if (member.city, member.sort_key) == (city, listed[member.id]))
        last = answer.get("LastEvaluatedKey")
        return Page(items, None if last is None else encode_cursor(Member, query, last[POSITION]["S"]))


class InMemoryMemberRepository(InMemoryRepository[Member], MemberRepository):
    """Stores members in memory."""

    def living_in(self, city: str, *, limit: int, cursor: str | None = None) -> Page[Member]:
        require_limit(limit)
        query = LivingIn(city)
        after = None if cursor is None else decode_cursor(Member, query, cursor)
        with self._store.lock:
            listed = (self._rows.by_id[key.rpartition("\0")[2]] for key in self._rows.sort_keys(prefix="", after=after))
            found = list(islice((member for member in listed if member.city == city), limit + 1))
        more = len(found) > limit
        return Page(tuple(found[:limit]), encode_cursor(Member, query, found[limit - 1].sort_key) if more else None)
