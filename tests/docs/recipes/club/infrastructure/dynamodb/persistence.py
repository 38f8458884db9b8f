"""The DynamoDB adapter of the club. In a service, each repository has a module of its own."""

from collections.abc import Callable
from datetime import datetime

from infrastructure.kernel.dynamodb import persistence
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
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


class DynamoDBPersistence(persistence.DynamoDBPersistence):
    """Everything in one table."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings, now)
        self.bookings = DynamoDBBookingRepository(self.store)
        self.stands = DynamoDBStandRepository(self.store)
        self.leases = DynamoDBLeaseRepository(self.store)
        self.invitations = DynamoDBInvitationRepository(self.store)
        self.notices = DynamoDBNoticeRepository(self.store)
        self.payments = DynamoDBPaymentRepository(self.store)
