"""What is promised of tickets, on every adapter."""

from decimal import Decimal

import pytest
from ulid import ULID

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from infrastructure.container import Container
from tests.docs.recipes.members import Member
from tests.docs.recipes.members import a_member
from tests.docs.recipes.members import kept
from tests.docs.recipes.tickets import DynamoDBMemberRepository
from tests.docs.recipes.tickets import InMemoryMemberRepository
from tests.docs.recipes.tickets import MemberRepository
from tests.docs.recipes.tickets import Ticket
from tests.kernel.builders.events import an_event
from tests.kernel.contracts.races import race


def a_ticket(terms: str = "") -> Ticket:
    return Ticket(id=str(ULID()), match="final", price=Decimal("24.50"), terms=terms)


class TestTickets:
    """The contract of `MemberRepository`, beyond that of every repository."""

    @pytest.fixture
    def members(self, container: Container) -> MemberRepository:
        return kept(container, memory=InMemoryMemberRepository, dynamodb=DynamoDBMemberRepository)

    @pytest.fixture
    def ann(self, members: MemberRepository) -> Member:
        return members.add(a_member("Ann Lee"))

    def test_tickets_are_read_back_in_the_order_of_their_ids(self, members, ann):
        tickets = [a_ticket("Ünïcode 🏟"), a_ticket(), a_ticket()]

        for ticket in reversed(tickets):
            members.add_ticket(ann.id, ticket)

        assert members.tickets(ann.id) == sorted(tickets, key=lambda ticket: ticket.id)

    def test_any_number_of_any_size_is_read(self, members, ann):
        tickets = [a_ticket("x" * 300_000) for _ in range(5)]

        for ticket in tickets:
            members.add_ticket(ann.id, ticket)

        assert {ticket.id for ticket in members.tickets(ann.id)} == {ticket.id for ticket in tickets}

    def test_the_tickets_of_others_are_not_among_them(self, members, ann):
        members.add_ticket(members.add(a_member("Bea")).id, a_ticket())

        assert members.tickets(ann.id) == []

    def test_the_member_stays_as_it_is(self, members, ann):
        members.add_ticket(ann.id, a_ticket())

        assert members.get(ann.id, consistent=True) == ann
        assert members.page(Everything(), limit=10).items == (ann,)

    def test_a_taken_id_is_refused_and_leaves_the_ticket_that_has_it(self, members, ann):
        ticket = a_ticket()
        members.add_ticket(ann.id, ticket)

        with pytest.raises(AlreadyExists) as refused:
            members.add_ticket(ann.id, ticket.evolve(terms="Other"))

        assert (refused.value.kind, refused.value.id) == ("Ticket", ticket.id)
        assert members.tickets(ann.id) == [ticket]

    def test_who_was_never_there_gets_no_ticket(self, members):
        nobody = str(ULID())

        with pytest.raises(NotFound) as missing:
            members.add_ticket(nobody, a_ticket())

        assert (missing.value.kind, missing.value.id) == ("Member", nobody)
        assert members.tickets(nobody) == []

    @pytest.mark.parametrize("with_event", [False, True])
    def test_who_is_gone_gets_no_ticket(self, members, ann, with_event):
        members.remove(ann, *[an_event(ann)] * with_event)

        with pytest.raises(NotFound):
            members.add_ticket(ann.id, a_ticket())

        assert members.tickets(ann.id) == []

    def test_the_tickets_of_who_is_gone_can_be_removed_more_than_once(self, members, ann):
        bea, ticket = members.add(a_member("Bea")), a_ticket()
        members.add_ticket(bea.id, ticket)
        for _ in range(3):
            members.add_ticket(ann.id, a_ticket())
        members.remove(ann)

        members.remove_tickets(ann.id)
        members.remove_tickets(ann.id)

        assert members.tickets(ann.id) == []
        assert members.tickets(bea.id) == [ticket]

    def test_of_racing_tickets_of_one_id_one_is_stored(self, members, ann):
        ticket = a_ticket()
        rivals = [ticket.evolve(terms=f"Rival {number}") for number in range(3)]

        outcomes = race(lambda rival: members.add_ticket(ann.id, rival), rivals)

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyExists", "AlreadyExists", "NoneType"]
        assert members.tickets(ann.id) == [rivals[outcomes.index(None)]]

    def test_racing_tickets_of_different_ids_are_all_stored(self, members, ann):
        tickets = sorted((a_ticket() for _ in range(4)), key=lambda ticket: ticket.id)

        race(lambda ticket: members.add_ticket(ann.id, ticket), tickets)

        assert members.tickets(ann.id) == tickets

    @pytest.mark.parametrize("id", ["", "a#b", "TICKET#1"])
    def test_an_impossible_id_is_refused(self, members, id):
        for call in (
            members.tickets,
            members.remove_tickets,
            lambda member_id: members.add_ticket(member_id, a_ticket()),
        ):
            with pytest.raises(InvalidArgument):
                call(id)
