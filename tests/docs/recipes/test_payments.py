"""Payments keep the contract; each is charged once, whatever happens; those of a member are listed."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Object

from domain.kernel.errors import Unavailable
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.domain.payments import PaymentRepository
from tests.docs.recipes.club.domain.payments import PaymentSettled
from tests.docs.recipes.club.domain.payments import Status
from tests.docs.recipes.club.infrastructure.container import Container
from tests.docs.recipes.club.infrastructure.endpoints import ENDPOINTS
from tests.docs.recipes.club.infrastructure.payments import FakePaymentGateway
from tests.docs.recipes.club.usecases.payments import PaymentGateway
from tests.docs.recipes.club.usecases.payments import StartPaymentRequest
from tests.docs.recipes.test_payment_gateway import a_payment
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.contracts.wiring import WiringContract
from tests.kernel.infrastructure.http.clients import over_http
from tests.kernel.infrastructure.http.clients import portal
from usecases.kernel.requests import GetRequest

__all__ = ["portal"]


class TestPayments(RepositoryContract[Payment]):
    make = staticmethod(a_payment)
    changed = staticmethod(lambda payment: payment.evolve(amount=payment.amount + 1))

    @pytest.fixture
    def repository(self, club: Container) -> PaymentRepository:
        return club.payments()


class TestWiring(WiringContract):
    endpoints = ENDPOINTS

    @pytest.fixture
    def container(self, club: Container) -> Container:
        return club


@pytest.fixture
def api(club, portal):
    return over_http(club, ENDPOINTS, portal)


@pytest.fixture
def payment(club) -> Payment:
    return club.start_payment().execute(StartPaymentRequest(member_id="m1", amount=Decimal("24.50")))


class Interrupted(PaymentGateway):
    """Takes the money; then something else happens before the answer arrives."""

    def __init__(self, happens):
        self.charges = 0
        self._happens = happens

    def charge(self, payment: Payment) -> Status:
        self.charges += 1
        self._happens(payment)
        return Status.PAID


def lose_the_answer(payment: Payment) -> None:
    raise Unavailable("no answer", maybe_applied=True)


def test_a_payment_is_charged_and_its_outcome_is_stored(club, payment, adapter):
    settled = club.settle_payment().execute(GetRequest(id=payment.id))

    assert (settled.status, settled.version) == (Status.PAID, 2)
    assert club.payment_gateway().charged == {payment.id: Decimal("24.50")}
    assert club.payments().get(payment.id) == settled
    [event] = adapter.published(club)
    assert (type(event), event.status) == (PaymentSettled, Status.PAID)


def test_a_settled_payment_is_not_charged_again(club, payment):
    settled = club.settle_payment().execute(GetRequest(id=payment.id))
    gateway = Interrupted(lambda payment: None)
    club.payment_gateway.override(Object(gateway))

    assert club.settle_payment().execute(GetRequest(id=payment.id)) == settled
    assert gateway.charges == 0


def test_a_conflict_makes_the_outcome_be_stored_again_and_never_the_charge(club, payment):
    payments = club.payments()
    gateway = Interrupted(lambda payment: payments.save(payment.evolve(member_id="m2")))
    club.payment_gateway.override(Object(gateway))

    settled = club.settle_payment().execute(GetRequest(id=payment.id))

    assert gateway.charges == 1
    assert (settled.status, settled.member_id, settled.version) == (Status.PAID, "m2", 3)


def test_two_settlements_at_once_store_one_outcome(club, payment, adapter):
    first = club.settle_payment()
    club.payment_gateway.override(Object(Interrupted(lambda payment: first.execute(GetRequest(id=payment.id)))))

    settled = club.settle_payment().execute(GetRequest(id=payment.id))

    assert settled.status is Status.PAID
    assert len(adapter.published(club)) == 1


def test_a_payment_whose_answer_was_lost_can_be_settled_later(club, payment):
    with club.payment_gateway.override(Object(Interrupted(lose_the_answer))), pytest.raises(Unavailable):
        club.settle_payment().execute(GetRequest(id=payment.id))

    settled = club.settle_payment().execute(GetRequest(id=payment.id))

    assert settled.status is Status.PAID


def test_over_http_a_settlement_takes_no_body_and_a_lost_answer_is_told(api, club):
    started = api.post("/payments", json={"member_id": "m1", "amount": "24.5"}).json()

    with club.payment_gateway.override(Object(Interrupted(lose_the_answer))):
        unknown = api.post(f"/payments/{started['id']}/settlement")
    settled = api.post(f"/payments/{started['id']}/settlement")

    assert (unknown.status_code, unknown.json()["maybe_applied"]) == (503, True)
    assert (settled.status_code, settled.json()["status"], settled.json()["amount"]) == (200, "paid", "24.50")


# Overriding, as the recipe shows it


def test_a_payment_is_settled_now(club):
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    club.now.override(Object(noon))
    payment = club.start_payment().execute(StartPaymentRequest(member_id="m1", amount=10))

    settled = club.settle_payment().execute(GetRequest(id=payment.id))

    assert settled.settled_at == noon


def test_payments_get_an_id_each(club):
    numbers = count(1)
    club.new_id.override(Call(lambda: f"id-{next(numbers)}"))
    start = club.start_payment()

    payments = [start.execute(StartPaymentRequest(member_id="m1", amount=10)) for _ in range(2)]

    assert [payment.id for payment in payments] == ["id-1", "id-2"]


def test_a_declined_payment_is_not_charged(club):
    gateway = FakePaymentGateway()
    club.payment_gateway.override(Object(gateway))
    payment = club.start_payment().execute(StartPaymentRequest(member_id="m1", amount=2000))

    settled = club.settle_payment().execute(GetRequest(id=payment.id))

    assert (settled.status, gateway.charged) == (Status.DECLINED, {})


def test_an_override_ends_with_its_block(club):
    with club.now.override(Object(datetime(2000, 1, 1, tzinfo=UTC))):
        assert club.now().year == 2000

    assert club.now().year > 2000


# The listing, as the recipe shows it


def test_the_settled_payments_of_a_member_are_listed_newest_first(club, api):
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    ids = []
    for hours in range(3):
        payment = club.start_payment().execute(StartPaymentRequest(member_id="m1", amount=10))
        with club.now.override(Object(noon + timedelta(hours=hours))):
            club.settle_payment().execute(GetRequest(id=payment.id))
        ids.append(payment.id)
    club.start_payment().execute(StartPaymentRequest(member_id="m1", amount=10))
    other = club.start_payment().execute(StartPaymentRequest(member_id="m2", amount=10))
    club.settle_payment().execute(GetRequest(id=other.id))

    first = api.get("/members/m1/payments?limit=2").json()
    second = api.get("/members/m1/payments", params={"limit": 2, "cursor": first["next_cursor"]}).json()

    assert [payment["id"] for payment in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


def test_the_payments_of_a_member_in_one_status_are_listed_by_amount(club):
    payments = club.payments()
    high, low = (payments.add(a_payment(amount)) for amount in ("100", "20"))
    payments.add(a_payment("50").settle(Status.PAID, club.now()))

    page = payments.page(Payment.of_member_and_status("m1", Status.STARTED), limit=10)

    assert page.items == (low, high)
