"""Children as separate items: the tickets of a member, any number of them, each written alone."""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ulid import ULID

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.errors import Unreadable
from domain.kernel.preconditions import require_id
from domain.kernel.repository import Repository
from domain.kernel.text import Id
from domain.kernel.value import Value
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import decode
from infrastructure.kernel.dynamodb.codec import encode_fields
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import SK
from infrastructure.kernel.dynamodb.schema import VERSION
from infrastructure.kernel.memory.repository import InMemoryRepository
from infrastructure.kernel.memory.store import InMemoryStore
from tests.docs.recipes.members import Member


class Ticket(Value):
    """A ticket for a match. It belongs to a member and is never changed."""

    id: Id
    match: Id
    price: Decimal
    terms: str = ""


class MemberRepository(Repository[Member]):
    """Stores members, and their tickets."""

    kind = Member

    @abstractmethod
    def add_ticket(self, member_id: str, ticket: Ticket) -> None:
        """Stores a ticket; the member, and its version, stay as they are.

        Raises:
            NotFound: there is no such member.
            AlreadyExists: the member has a ticket of that id; it is untouched.
        """

    @abstractmethod
    def tickets(self, member_id: str) -> list[Ticket]:
        """All tickets of a member, by id, as of the last acknowledged write; none, if there is no such member."""

    @abstractmethod
    def remove_tickets(self, member_id: str) -> None:
        """Removes all tickets of a member, who has been removed before, so that there will be no more of them."""


TICKET = "TICKET#"


class DynamoDBMemberRepository(DynamoDBRepository[Member], MemberRepository):
    """Stores members and tickets in DynamoDB: under one partition key, a ticket under a sort key of its own."""

    type_name = "MEMBER"

    def add_ticket(self, member_id: str, ticket: Ticket) -> None:
        require_id(member_id)
        member = self._mapper.key(member_id)
        member_is_there = {
            "TableName": self._table.name,
            "Key": member,
            "ConditionExpression": "attribute_exists(#version)",  # a tombstone has no version
            "ExpressionAttributeNames": {"#version": VERSION},
        }
        ticket_is_new = {
            "TableName": self._table.name,
            "Item": self._ticket_item(member_id, ticket),
            "ConditionExpression": "attribute_not_exists(#pk)",
            "ExpressionAttributeNames": {"#pk": PK},
        }
        try:
            self._table.call(
                "TransactWriteItems",
                TransactItems=[{"ConditionCheck": member_is_there}, {"Put": ticket_is_new}],
                ClientRequestToken=str(ULID()),
            )
        except Refused as exc:
            of_member, _ = exc.old
            if of_member is not None:
                raise NotFound("Member", member_id) from exc
            raise AlreadyExists("Ticket", ticket.id) from exc

    def _ticket_item(self, member_id: str, ticket: Ticket) -> Item:
        return {**self._mapper.key(member_id), SK: {"S": TICKET + ticket.id}, **encode_fields(ticket)}

    def tickets(self, member_id: str) -> list[Ticket]:
        return [a_stored_ticket(item) for item in self._ticket_items(member_id)]

    def remove_tickets(self, member_id: str) -> None:
        keys = [{PK: item[PK], SK: item[SK]} for item in self._ticket_items(member_id)]
        self._table.in_parallel(
            lambda key: self._table.call("DeleteItem", TableName=self._table.name, Key=key),
            keys,
        )

    def _ticket_items(self, member_id: str) -> Iterator[Item]:
        require_id(member_id)
        request: dict[str, Any] = {
            "TableName": self._table.name,
            "KeyConditionExpression": "#pk = :pk AND begins_with(#sk, :ticket)",
            "ExpressionAttributeNames": {"#pk": PK, "#sk": SK},
            "ExpressionAttributeValues": {":pk": self._mapper.key(member_id)[PK], ":ticket": {"S": TICKET}},
            "ConsistentRead": True,
        }
        answer = self._table.call("Query", **request)
        yield from answer["Items"]
        while "LastEvaluatedKey" in answer:  # one Query reads 1 MB at most
            answer = self._table.call("Query", **request, ExclusiveStartKey=answer["LastEvaluatedKey"])
            yield from answer["Items"]


def a_stored_ticket(item: Item) -> Ticket:
    fields = {name: decode(item[name]) for name in Ticket.model_fields if name in item}
    try:
        return Ticket.model_validate(fields)
    except InvalidArgument as exc:
        raise Unreadable("Ticket", item[SK]["S"], str(exc)) from exc


class InMemoryMemberRepository(InMemoryRepository[Member], MemberRepository):
    """Stores members and tickets in memory."""

    def __init__(self, store: InMemoryStore) -> None:
        super().__init__(store)
        self._tickets: defaultdict[str, dict[str, Ticket]] = defaultdict(dict)

    def add_ticket(self, member_id: str, ticket: Ticket) -> None:
        require_id(member_id)
        with self._store.turn():
            if member_id not in self._rows.by_id:
                raise NotFound("Member", member_id)
            if ticket.id in self._tickets[member_id]:
                raise AlreadyExists("Ticket", ticket.id)
            self._tickets[member_id][ticket.id] = ticket

    def tickets(self, member_id: str) -> list[Ticket]:
        require_id(member_id)
        with self._store.turn():
            return sorted(self._tickets[member_id].values(), key=lambda ticket: ticket.id)

    def remove_tickets(self, member_id: str) -> None:
        require_id(member_id)
        with self._store.turn():
            self._tickets.pop(member_id, None)
