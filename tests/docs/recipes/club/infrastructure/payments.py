"""The payment gateway: over HTTP, and a fake that takes no money."""

from decimal import Decimal

from urllib3 import BaseHTTPResponse
from urllib3 import PoolManager
from urllib3 import Timeout
from urllib3.exceptions import ConnectTimeoutError
from urllib3.exceptions import HTTPError
from urllib3.exceptions import NewConnectionError

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.domain.payments import Status
from tests.docs.recipes.club.infrastructure.settings import Settings
from tests.docs.recipes.club.usecases.payments import PaymentGateway
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import bounded
from usecases.kernel.deadline import require_time

NOT_SENT = (NewConnectionError, ConnectTimeoutError)
"""What urllib3 raises before anything of a request is sent."""


class HttpPaymentGateway(PaymentGateway):
    """Calls the gateway over HTTP, once for each charge."""

    def __init__(self, address: str, api_key: str, *, connect_seconds: float = 1, read_seconds: float = 5) -> None:
        self._address = f"{address.rstrip('/')}/charges"
        self._authorization = f"Bearer {api_key}"
        timeout = Timeout(connect=connect_seconds, read=read_seconds)
        self._http = PoolManager(maxsize=40, timeout=timeout, retries=False)  # a connection per thread of the server

    def charge(self, payment: Payment) -> Status:
        try:
            require_time()
        except OutOfTime as exc:
            raise Unavailable(f"the payment gateway {exc}") from exc
        try:
            return outcome(bounded(self._send, payment))
        except NOT_SENT as exc:
            raise Unavailable("the payment gateway cannot be reached") from exc
        except OutOfTime as exc:
            raise Unavailable(f"the payment gateway {exc}", maybe_applied=True) from exc
        except HTTPError as exc:
            raise Unavailable("the payment gateway gave no answer", maybe_applied=True) from exc

    def _send(self, payment: Payment) -> BaseHTTPResponse:
        return self._http.request(
            "POST",
            self._address,
            json={"member": payment.member_id, "amount": str(payment.amount)},
            headers={"authorization": self._authorization, "idempotency-key": payment.id},
            redirect=False,
        )


def outcome(answer: BaseHTTPResponse) -> Status:
    """What the gateway's answer means."""
    match answer.status:
        case 200:
            return Status.PAID
        case 402:
            return Status.DECLINED
        case 429:
            raise Unavailable("the payment gateway is too busy")
        case 400 | 401 | 403 | 404 | 422:
            raise Misconfigured(f"the payment gateway rejects our calls with status {answer.status}")
    raise Unavailable(f"the payment gateway answered with status {answer.status}", maybe_applied=True)


class FakePaymentGateway(PaymentGateway):
    """Takes no money. It declines amounts above 1000, and remembers what it has charged."""

    def __init__(self) -> None:
        self.charged: dict[str, Decimal] = {}

    def charge(self, payment: Payment) -> Status:
        if payment.amount > 1000:
            return Status.DECLINED
        self.charged[payment.id] = payment.amount
        return Status.PAID


def create_payment_gateway(settings: Settings) -> PaymentGateway:
    """The gateway that the settings choose."""
    if settings.payments == "fake":
        return FakePaymentGateway()
    return HttpPaymentGateway(settings.payments, settings.payments_key.get_secret_value())
