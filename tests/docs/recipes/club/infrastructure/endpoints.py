"""The API of the club."""

from http import HTTPStatus

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidCursor
from domain.kernel.errors import NotFound
from domain.kernel.errors import PartialFailure
from domain.kernel.errors import TransactionFailed
from infrastructure.kernel.api.endpoint import Endpoint
from tests.docs.recipes.club.usecases import bookings
from tests.docs.recipes.club.usecases import payments
from usecases.kernel.requests import ChangeRequest
from usecases.kernel.requests import GetRequest

READ = "payments:read"
WRITE = "payments:write"

ENDPOINTS = (
    Endpoint(
        "POST",
        "/payments",
        payments.StartPaymentRequest,
        payments.StartPayment,
        HTTPStatus.CREATED,
        scope=WRITE,
        example={"member_id": "m1", "amount": "24.50"},
    ),
    Endpoint(
        "POST",
        "/payments/{id}/settlement",
        GetRequest,
        payments.SettlePayment,
        scope=WRITE,
        errors=(NotFound,),
    ),
    Endpoint(
        "GET",
        "/members/{member_id}/payments",
        payments.ListPaymentsRequest,
        payments.ListPayments,
        scope=READ,
        errors=(InvalidCursor, PartialFailure),
    ),
    Endpoint(
        "POST",
        "/bookings/{id}/seats",
        ChangeRequest,
        bookings.AddSeat,
        scope="bookings:write",
        errors=(NotFound, Conflict, TransactionFailed),
    ),
)
