"""Your own query: the tickets for a match, which no listing has, since tickets are no aggregates."""

from abc import abstractmethod

from domain.kernel.preconditions import require_limit
from domain.kernel.repository import Page
from infrastructure.kernel.cursors import decode_cursor
from infrastructure.kernel.cursors import encode_cursor
from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.codec import encode
from infrastructure.kernel.dynamodb.schema import Index
from tests.docs.recipes import tickets
from tests.docs.recipes.members import Member
from tests.docs.recipes.tickets import Ticket
from tests.docs.recipes.tickets import a_stored_ticket


class MemberRepository(tickets.MemberRepository):
    """Stores members and their tickets, and finds the tickets for a match."""

    @abstractmethod
    def tickets_for(self, match: str, *, limit: int, cursor: str | None = None) -> Page[Ticket]:
        """The tickets of all members for that match, by id. Limit and cursor work as in `page`.

        Raises:
            InvalidArgument: the limit is out of bounds.
            InvalidCursor: the cursor is damaged, or of another query.
        """


TICKETS = Index("tickets", "_ticket_match", "_ticket_place", projection="ALL")


class DynamoDBMemberRepository(tickets.DynamoDBMemberRepository, MemberRepository):
    """Stores members and tickets in DynamoDB, tickets in an index of their own, too."""

    def _ticket_item(self, member_id: str, ticket: Ticket) -> Item:
        return {
            **super()._ticket_item(member_id, ticket),
            TICKETS.partition: encode(ticket.match),
            TICKETS.sort: encode(f"{ticket.id}#{member_id}"),
        }

    def tickets_for(self, match: str, *, limit: int, cursor: str | None = None) -> Page[Ticket]:
        require_limit(limit)
        query = ("tickets_for", match)
        after = "#" if cursor is None else decode_cursor(Member, query, cursor)
        answer = self._table.call(
            "Query",
            TableName=self._table.name,
            IndexName=TICKETS.name,
            KeyConditionExpression="#match = :match AND #place > :after",
            ExpressionAttributeNames={"#match": TICKETS.partition, "#place": TICKETS.sort},
            ExpressionAttributeValues={":match": encode(match), ":after": encode(after)},
            Limit=limit,
        )
        last = answer.get("LastEvaluatedKey")
        found = tuple(a_stored_ticket(item) for item in answer["Items"])
        return Page(found, None if last is None else encode_cursor(Member, query, last[TICKETS.sort]["S"]))


class InMemoryMemberRepository(tickets.InMemoryMemberRepository, MemberRepository):
    """Stores members and tickets in memory."""

    def tickets_for(self, match: str, *, limit: int, cursor: str | None = None) -> Page[Ticket]:
        require_limit(limit)
        query = ("tickets_for", match)
        after = "#" if cursor is None else decode_cursor(Member, query, cursor)
        with self._store.turn():
            held = [(member_id, ticket) for member_id in self._tickets for ticket in self._tickets[member_id].values()]
        places = {f"{ticket.id}#{member_id}": ticket for member_id, ticket in held if ticket.match == match}
        found = sorted(place for place in places if place > after)
        more = len(found) > limit
        page = tuple(places[place] for place in found[:limit])
        return Page(page, encode_cursor(Member, query, found[limit - 1]) if more else None)
