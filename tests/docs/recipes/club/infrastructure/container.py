"""The club, wired."""

import os
from datetime import UTC
from datetime import datetime

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Factory
from dependency_injector.providers import Provider
from dependency_injector.providers import Selector
from dependency_injector.providers import ThreadSafeSingleton

from domain.kernel.events import EventBus
from domain.kernel.events import EventFactory
from domain.kernel.unit_of_work import UnitOfWork
from infrastructure.kernel.events.dead_letters import DeadLetters
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.wiring import create_dead_letters
from infrastructure.kernel.wiring import create_event_bus
from infrastructure.kernel.wiring import lazily
from infrastructure.kernel.wiring import new_id
from tests.docs.recipes.club.domain.bookings import BookingRepository
from tests.docs.recipes.club.domain.bookings import StandRepository
from tests.docs.recipes.club.domain.leases import LeaseRepository
from tests.docs.recipes.club.domain.notices import InvitationRepository
from tests.docs.recipes.club.domain.notices import NoticeRepository
from tests.docs.recipes.club.domain.payments import PaymentRepository
from tests.docs.recipes.club.infrastructure.payments import create_payment_gateway
from tests.docs.recipes.club.infrastructure.settings import Settings
from tests.docs.recipes.club.usecases import bookings as booking_cases
from tests.docs.recipes.club.usecases import leases as lease_cases
from tests.docs.recipes.club.usecases import notices as notice_cases
from tests.docs.recipes.club.usecases import payments as payment_cases
from tests.docs.recipes.club.usecases.payments import PaymentGateway


class Container(DeclarativeContainer):
    settings: Provider[Settings] = ThreadSafeSingleton(Settings.from_environment, os.environ)

    new_id: Provider[str] = Call(new_id)
    now: Provider[datetime] = Call(datetime.now, UTC)
    events: Provider[EventFactory] = Factory(EventFactory, new_id.provider, now.provider)
    event_bus: Provider[EventBus] = ThreadSafeSingleton(create_event_bus, settings)
    dead_letters: Provider[DeadLetters] = ThreadSafeSingleton(create_dead_letters, settings)
    relay: Provider[Relay] = ThreadSafeSingleton(Relay, event_bus, dead_letters)
    payment_gateway: Provider[PaymentGateway] = ThreadSafeSingleton(create_payment_gateway, settings)

    persistence: Provider[Persistence] = Selector(
        settings.provided.persistence,
        memory=ThreadSafeSingleton(
            lazily("tests.docs.recipes.club.infrastructure.memory.persistence:InMemoryPersistence"),
            relay,
        ),
        dynamodb=ThreadSafeSingleton(
            lazily("tests.docs.recipes.club.infrastructure.dynamodb.persistence:DynamoDBPersistence"),
            settings,
            now.provider,
        ),
        sqlite=ThreadSafeSingleton(
            lazily("tests.docs.recipes.club.infrastructure.sqlite.persistence:SQLitePersistence"),
            settings,
            relay,
        ),
    )
    unit_of_work: Provider[UnitOfWork] = persistence.provided.unit_of_work.call()
    payments: Provider[PaymentRepository] = persistence.provided.payments
    notices: Provider[NoticeRepository] = persistence.provided.notices
    invitations: Provider[InvitationRepository] = persistence.provided.invitations
    leases: Provider[LeaseRepository] = persistence.provided.leases
    stands: Provider[StandRepository] = persistence.provided.stands
    bookings: Provider[BookingRepository] = persistence.provided.bookings

    start_payment = Factory(payment_cases.StartPayment, payments, new_id.provider)
    settle_payment = Factory(payment_cases.SettlePayment, payments, payment_gateway, events, now.provider)
    list_payments = Factory(payment_cases.ListPayments, payments)

    post_notice = Factory(notice_cases.PostNotice, notices, new_id.provider, now.provider)
    reword_notice = Factory(notice_cases.RewordNotice, notices, events, now.provider)
    invite = Factory(notice_cases.Invite, invitations, new_id.provider, now.provider)
    get_invitation = Factory(notice_cases.GetInvitation, invitations, now.provider)
    list_invitations = Factory(notice_cases.ListInvitations, invitations, now.provider)
    extend_invitation = Factory(notice_cases.ExtendInvitation, invitations, events, now.provider)

    acquire_lease = Factory(lease_cases.AcquireLease, leases, events, now.provider)
    renew_lease = Factory(lease_cases.RenewLease, leases, events, now.provider)
    release_lease = Factory(lease_cases.ReleaseLease, leases, events)
    announce = Factory(lease_cases.Announce, unit_of_work.provider, events, new_id.provider, now.provider)

    add_seat = Factory(booking_cases.AddSeat, unit_of_work.provider, events)
