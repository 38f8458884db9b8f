"""What can be done with payments, and the port to the gateway that takes the money."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime

from domain.kernel.events import EventFactory
from domain.kernel.money import Money
from domain.kernel.repository import Page
from domain.kernel.text import Id
from domain.kernel.value import Value
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.domain.payments import PaymentRepository
from tests.docs.recipes.club.domain.payments import PaymentSettled
from tests.docs.recipes.club.domain.payments import Status
from usecases.kernel.changes import Changed
from usecases.kernel.changes import ChangeOne
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import PageRequest


class PaymentGateway(ABC):
    """Takes money from members."""

    @abstractmethod
    def charge(self, payment: Payment) -> Status:
        """PAID or DECLINED. A repeated call for the same payment takes no more money, and returns the same.

        Raises:
            Unavailable: there is no usable answer; with `maybe_applied`, the money may have been taken.
            Misconfigured: the gateway rejects the address, the API key or the form of our calls.
        """


class StartPaymentRequest(Value):
    """Who pays how much."""

    member_id: Id
    amount: Money


class StartPayment:
    """Stores a payment before any money is taken."""

    def __init__(self, payments: PaymentRepository, new_id: Callable[[], str]) -> None:
        self._payments = payments
        self._new_id = new_id

    def execute(self, request: StartPaymentRequest) -> Payment:
        return self._payments.add(Payment(id=self._new_id(), member_id=request.member_id, amount=request.amount))


class RecordOutcomeRequest(ChangeRequest):
    """Which payment has which outcome."""

    outcome: Status


class RecordOutcome(ChangeOne[Payment, RecordOutcomeRequest]):
    """Stores the outcome of a payment, unless it is stored already."""

    def __init__(self, payments: PaymentRepository, events: EventFactory, now: Callable[[], datetime]) -> None:
        super().__init__(payments, events)
        self._now = now

    def change(self, payment: Payment, request: RecordOutcomeRequest) -> Changed[Payment]:
        if payment.is_settled:
            return Changed(payment)
        settled = payment.settle(request.outcome, self._now())
        return Changed(settled, self._events(PaymentSettled, settled, status=settled.status))


class SettlePayment:
    """Takes the money for a payment, and stores the outcome. It is safe to repeat: the money is taken once."""

    def __init__(
        self,
        payments: PaymentRepository,
        gateway: PaymentGateway,
        events: EventFactory,
        now: Callable[[], datetime],
    ) -> None:
        self._payments = payments
        self._gateway = gateway
        self._record_outcome = RecordOutcome(payments, events, now)

    def execute(self, request: GetRequest) -> Payment:
        payment = self._payments.get(request.id, consistent=True)
        if payment.is_settled:
            return payment
        outcome = self._gateway.charge(payment)
        return self._record_outcome.execute(RecordOutcomeRequest(id=payment.id, outcome=outcome))


class ListPaymentsRequest(PageRequest):
    """Whose payments to list, and how many at a time."""

    member_id: Id


class ListPayments:
    """The settled payments of a member, newest first, a page at a time."""

    def __init__(self, payments: PaymentRepository) -> None:
        self._payments = payments

    def execute(self, request: ListPaymentsRequest) -> Page[Payment]:
        query = Payment.of_member(request.member_id)
        return self._payments.page(query, limit=request.limit, cursor=request.cursor)
