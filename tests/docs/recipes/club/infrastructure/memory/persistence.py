"""The in-memory adapter of the club. In a service, each repository has a module of its own."""

from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory import persistence
from infrastructure.kernel.memory.repository import InMemoryRepository
from tests.docs.recipes.club.domain.bookings import Booking
from tests.docs.recipes.club.domain.bookings import BookingRepository
from tests.docs.recipes.club.domain.bookings import Stand
from tests.docs.recipes.club.domain.bookings import StandRepository
from tests.docs.recipes.club.domain.leases import Lease
from tests.docs.recipes.club.domain.leases import LeaseRepository
from tests.docs.recipes.club.domain.notices import Invitation
from tests.docs.recipes.club.domain.notices import InvitationRepository
from tests.docs.recipes.club.domain.notices import Notice
from tests.docs.recipes.club.domain.notices import NoticeRepository
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.domain.payments import PaymentRepository


class InMemoryBookingRepository(InMemoryRepository[Booking], BookingRepository):
    """Stores bookings in memory."""


class InMemoryStandRepository(InMemoryRepository[Stand], StandRepository):
    """Stores stands in memory."""


class InMemoryLeaseRepository(InMemoryRepository[Lease], LeaseRepository):
    """Stores leases in memory."""


class InMemoryInvitationRepository(InMemoryRepository[Invitation], InvitationRepository):
    """Stores invitations in memory."""


class InMemoryNoticeRepository(InMemoryRepository[Notice], NoticeRepository):
    """Stores notices in memory."""


class InMemoryPaymentRepository(InMemoryRepository[Payment], PaymentRepository):
    """Stores payments in memory."""


class InMemoryPersistence(persistence.InMemoryPersistence):
    """Everything in this process."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(relay)
        self.bookings = InMemoryBookingRepository(self.store)
        self.stands = InMemoryStandRepository(self.store)
        self.leases = InMemoryLeaseRepository(self.store)
        self.invitations = InMemoryInvitationRepository(self.store)
        self.notices = InMemoryNoticeRepository(self.store)
        self.payments = InMemoryPaymentRepository(self.store)
