"""What is promised of the tickets for a match, on every adapter."""

import pytest
from ulid import ULID

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import Misconfigured
from domain.kernel.repository import Everything
from infrastructure.container import Container
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.administration import delete
from infrastructure.kernel.dynamodb.administration import require_shape
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.dynamodb.table import Table
from tests.docs.recipes.members import DYNAMODB
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import a_member
from tests.docs.recipes.members import kept
from tests.docs.recipes.members import on_dynamodb
from tests.docs.recipes.test_tickets import a_ticket
from tests.docs.recipes.tickets import Ticket
from tests.docs.recipes.tickets_for_match import TICKETS
from tests.docs.recipes.tickets_for_match import DynamoDBMemberRepository
from tests.docs.recipes.tickets_for_match import InMemoryMemberRepository
from tests.docs.recipes.tickets_for_match import MemberRepository


def in_a_table_with_the_index(store: DynamoDBStore) -> MemberRepository:
    members = DynamoDBMemberRepository(store)
    create(store.table, [*store.indexes, TICKETS])
    return members


def walk(members: MemberRepository, match: str, *, limit: int) -> list[Ticket]:
    """All tickets for a match, page by page."""
    page = members.tickets_for(match, limit=limit)
    tickets = list(page.items)
    while page.has_more:
        page = members.tickets_for(match, limit=limit, cursor=page.next_cursor)
        assert len(page.items) <= limit
        tickets += page.items
    return tickets


class TestTicketsForAMatch:
    """The contract of `MemberRepository`, beyond that of every repository."""

    @pytest.fixture
    def members(self, container: Container) -> MemberRepository:
        return kept(container, memory=InMemoryMemberRepository, dynamodb=in_a_table_with_the_index)

    @pytest.fixture
    def ann(self, members: MemberRepository) -> Member:
        return members.add(a_member("Ann Lee"))

    @pytest.mark.parametrize("limit", [1, 3, 100])
    def test_they_are_found_once_each_by_id_whoever_has_them(self, members, ann, limit):
        bea = members.add(a_member("Bea"))
        tickets = sorted((a_ticket() for _ in range(6)), key=lambda ticket: ticket.id)
        for number, ticket in enumerate(reversed(tickets)):
            members.add_ticket((ann, bea)[number % 2].id, ticket)
            members.add_ticket(ann.id, a_ticket().evolve(match="replay"))

        assert walk(members, "final", limit=limit) == tickets

    def test_two_members_may_have_tickets_of_one_id(self, members, ann):
        ticket = a_ticket()
        for member in (ann, members.add(a_member("Bea"))):
            members.add_ticket(member.id, ticket)

        assert walk(members, "final", limit=1) == [ticket, ticket]

    def test_what_is_removed_is_no_longer_found(self, members, ann):
        members.add_ticket(ann.id, a_ticket())
        members.remove(ann)

        members.remove_tickets(ann.id)

        assert walk(members, "final", limit=10) == []

    def test_a_cursor_serves_no_other_query(self, members, ann):
        for _ in range(3):
            members.add_ticket(ann.id, a_ticket())
        cursor = members.tickets_for("final", limit=2).next_cursor

        for call in (
            lambda: members.tickets_for("replay", limit=2, cursor=cursor),
            lambda: members.tickets_for("final", limit=2, cursor=f"{cursor}A"),
            lambda: members.page(Everything(), limit=2, cursor=cursor),
        ):
            with pytest.raises(InvalidCursor):
                call()

    def test_a_limit_out_of_bounds_is_refused(self, members):
        with pytest.raises(InvalidArgument):
            members.tickets_for("final", limit=501)


@pytest.mark.parametrize("adapter", DYNAMODB, ids=lambda adapter: adapter.name, indirect=True)
def test_the_index_is_one_that_the_table_needs_and_is_given(container: Container, monkeypatch):
    persistence = on_dynamodb(container)
    table = Table(persistence.table.transport, f"test-{ULID()}")
    create(table, persistence.indexes)
    monkeypatch.setattr(type(persistence), "own_indexes", (TICKETS,))
    with pytest.raises(Misconfigured, match="no index tickets"):
        require_shape(table, persistence.indexes)

    assert create(table, persistence.indexes) == ["tickets"]

    require_shape(table, persistence.indexes)
    delete(table)
