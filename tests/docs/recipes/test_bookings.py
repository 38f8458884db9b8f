"""Two aggregates in one unit of work, and what happens when somebody else changes one of them meanwhile."""

from collections.abc import Callable
from http import HTTPStatus

import pytest

from domain.kernel.errors import InvalidArgument
from domain.kernel.unit_of_work import UnitOfWork
from tests.docs.recipes.club.domain.bookings import Booking
from tests.docs.recipes.club.domain.bookings import Stand
from tests.docs.recipes.club.infrastructure.endpoints import ENDPOINTS
from tests.docs.recipes.club.usecases.bookings import AddSeat
from tests.kernel.contracts.races import race
from tests.kernel.infrastructure.http.clients import over_http
from tests.kernel.infrastructure.http.clients import portal
from usecases.kernel.changes import Changed
from usecases.kernel.requests import ChangeRequest

__all__ = ["portal"]


@pytest.fixture
def stand(club) -> Stand:
    return club.stands().add(Stand(id="north", free=5))


@pytest.fixture
def booking(club, stand) -> Booking:
    return club.bookings().add(Booking(id="b1", stand_id=stand.id))


@pytest.fixture
def add_seat(club, booking, portal):
    api = over_http(club, ENDPOINTS, portal)
    return lambda if_match: api.post(f"/bookings/{booking.id}/seats", headers={"if-match": if_match})


@pytest.fixture
def meanwhile(monkeypatch):
    """Makes a change once, when the use case has read both and is about to write."""
    waiting: list[Callable[[], object]] = []
    change = AddSeat.change

    def change_late(self: AddSeat, booking: Booking, request: ChangeRequest, work: UnitOfWork) -> Changed[Booking]:
        changed = change(self, booking, request, work)
        if waiting:
            waiting.pop()()
        return changed

    monkeypatch.setattr(AddSeat, "change", change_late)
    return waiting.append


def both(club):
    return club.bookings().get("b1", consistent=True), club.stands().get("north", consistent=True)


def test_both_change(club, add_seat):
    answer = add_seat('"1"')

    assert (answer.status_code, answer.headers["etag"]) == (HTTPStatus.OK, '"2"')
    booking, stand = both(club)
    assert (booking.seats, stand.free) == (1, 4)


def test_a_change_of_the_other_one_meanwhile_is_no_failure_of_if_match(club, add_seat, stand, meanwhile):
    meanwhile(lambda: club.stands().save(stand.evolve(free=3)))

    answer = add_seat('"1"')

    assert (answer.status_code, answer.headers["etag"]) == (HTTPStatus.OK, '"2"')
    booking, stand = both(club)
    assert (booking.seats, stand.free) == (1, 2)


def test_a_change_of_the_one_that_is_named_is(club, add_seat, booking, meanwhile):
    meanwhile(lambda: club.bookings().save(booking.evolve(seats=2)))

    answer = add_seat('"1"')

    assert answer.status_code == HTTPStatus.PRECONDITION_FAILED
    booking, stand = both(club)
    assert (booking.seats, stand.free) == (2, 5)


def test_a_full_stand_changes_nothing(club, add_seat, stand):
    club.stands().save(stand.evolve(free=0))

    assert add_seat('"1"').status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    booking, stand = both(club)
    assert (booking.seats, booking.version, stand.free) == (0, 1, 0)


def test_of_more_bookings_than_seats_as_many_get_one_as_there_are(club, booking):
    bookings = [club.bookings().add(Booking(id=f"r{number}", stand_id="north")) for number in range(7)]

    outcomes = race(club.add_seat().execute, [ChangeRequest(id=each.id) for each in bookings])

    assert [type(outcome) for outcome in outcomes].count(Booking) == 5
    assert [type(outcome) for outcome in outcomes].count(InvalidArgument) == 2
    assert club.stands().get("north", consistent=True).free == 0
