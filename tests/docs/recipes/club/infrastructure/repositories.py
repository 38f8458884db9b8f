"""The repositories of the club, on both adapters. In a service, each aggregate has a module per adapter."""

from collections.abc import Callable
from datetime import datetime

from infrastructure.kernel.dynamodb import persistence as dynamodb
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.memory import persistence as memory
from infrastructure.kernel.memory.repository import InMemoryRepository
from infrastructure.kernel.settings import Settings
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


class InMemoryPersistence(memory.InMemoryPersistence):
    """Everything in this process."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(relay)
        self.bookings = InMemoryBookingRepository(self.store)
        self.stands = InMemoryStandRepository(self.store)
        self.leases = InMemoryLeaseRepository(self.store)
        self.invitations = InMemoryInvitationRepository(self.store)
        self.notices = InMemoryNoticeRepository(self.store)
        self.payments = InMemoryPaymentRepository(self.store)


class DynamoDBBookingRepository(DynamoDBRepository[Booking], BookingRepository):
    """Stores bookings in DynamoDB."""

    type_name = "BOOKING"


class DynamoDBStandRepository(DynamoDBRepository[Stand], StandRepository):
    """Stores stands in DynamoDB."""

    type_name = "STAND"


class DynamoDBLeaseRepository(DynamoDBRepository[Lease], LeaseRepository):
    """Stores leases in DynamoDB."""

    type_name = "LEASE"


class DynamoDBInvitationRepository(DynamoDBRepository[Invitation], InvitationRepository):
    """Stores invitations in DynamoDB."""

    type_name = "INVITATION"


class DynamoDBNoticeRepository(DynamoDBRepository[Notice], NoticeRepository):
    """Stores notices in DynamoDB."""

    type_name = "NOTICE"


class DynamoDBPaymentRepository(DynamoDBRepository[Payment], PaymentRepository):
    """Stores payments in DynamoDB."""

    type_name = "PAYMENT"


class DynamoDBPersistence(dynamodb.DynamoDBPersistence):
    """Everything in one table."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings, now)
        self.bookings = DynamoDBBookingRepository(self.store)
        self.stands = DynamoDBStandRepository(self.store)
        self.leases = DynamoDBLeaseRepository(self.store)
        self.invitations = DynamoDBInvitationRepository(self.store)
        self.notices = DynamoDBNoticeRepository(self.store)
        self.payments = DynamoDBPaymentRepository(self.store)
