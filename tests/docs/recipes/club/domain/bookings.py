"""A booking of seats, and the stand that has them."""

from typing import Self

from pydantic import NonNegativeInt

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.repository import Repository
from domain.kernel.text import Id


class Stand(Entity):
    """A stand of the stadium, with its free seats."""

    free: NonNegativeInt

    def take_seat(self) -> Self:
        """The stand with one free seat less.

        Raises:
            InvalidArgument: it has none.
        """
        if self.free == 0:
            raise InvalidArgument("stand", "must have a free seat")
        return self.evolve(free=self.free - 1)


class StandRepository(Repository[Stand]):
    """Stores stands."""

    kind = Stand


class Booking(Entity):
    """Seats in a stand, for one member."""

    stand_id: Id
    seats: NonNegativeInt = 0


class BookingRepository(Repository[Booking]):
    """Stores bookings."""

    kind = Booking
