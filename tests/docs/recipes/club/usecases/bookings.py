"""What can be done with bookings."""

from domain.kernel.unit_of_work import UnitOfWork
from tests.docs.recipes.club.domain.bookings import Booking
from tests.docs.recipes.club.domain.bookings import Stand
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeTogether
from usecases.kernel.requests import ChangeRequest


class AddSeat(ChangeTogether[Booking, ChangeRequest]):
    """Adds a seat to a booking, and takes it from the stand. Both change, or neither does."""

    def change(self, booking: Booking, request: ChangeRequest, work: UnitOfWork) -> Changed[Booking]:
        stands = work.of(Stand)
        stands.save(stands.get(booking.stand_id).take_seat())
        return Changed(booking.evolve(seats=booking.seats + 1))
