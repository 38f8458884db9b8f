"""What a payment gateway promises, and how the HTTP adapter tells each way in which a call can end."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from ulid import ULID

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Unavailable
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.domain.payments import Status
from tests.docs.recipes.club.infrastructure.payments import FakePaymentGateway
from tests.docs.recipes.club.infrastructure.payments import HttpPaymentGateway
from tests.docs.recipes.club.infrastructure.payments import create_payment_gateway
from tests.docs.recipes.club.infrastructure.settings import Settings
from tests.docs.recipes.club.usecases.payments import PaymentGateway
from usecases.kernel.deadline import within

PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""
SHORT = 0.1
KEY = "secret"


def a_payment(amount: str = "24.50") -> Payment:
    return Payment(id=str(ULID()), member_id="m1", amount=Decimal(amount))


class Server(ThreadingHTTPServer):
    """A payment gateway on this machine. It charges each key once, up to 1000."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[tuple[str, Any]] = []
        self.taken: dict[str, Decimal] = {}
        self.status: int | None = None
        self.breaks_off = False
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key, amount = self.headers["idempotency-key"], Decimal(asked["amount"])
        self.server.received.append((self.path, {**asked, "key": key}))
        self.server.may_answer.wait(PATIENCE)
        if self.server.breaks_off:
            return
        status = self.server.status or (402 if amount > 1000 else 200)
        if self.headers["authorization"] != f"Bearer {KEY}":
            status = 401
        if status == 200:
            self.server.taken[key] = amount
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.may_answer.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def gateway(server: Server) -> PaymentGateway:
    return HttpPaymentGateway(server.address, KEY)


@pytest.fixture
def standing(monkeypatch):
    """The clock stands still, so that a machine that pauses cannot make it too late to begin."""
    monkeypatch.setattr("usecases.kernel.deadline.monotonic", lambda: 0.0)


class PaymentGatewayContract:
    """What every gateway promises. Those in the tests decline amounts above 1000."""

    def test_an_amount_is_paid_or_declined(self, gateway: PaymentGateway):
        assert gateway.charge(a_payment("24.50")) is Status.PAID
        assert gateway.charge(a_payment("1000.01")) is Status.DECLINED

    def test_a_payment_is_charged_once_however_often_it_is_asked_for(self, gateway: PaymentGateway, taken):
        payment = a_payment("24.50")

        assert [gateway.charge(payment) for _ in range(3)] == [Status.PAID] * 3

        assert taken() == {payment.id: Decimal("24.50")}


class TestFakePaymentGateway(PaymentGatewayContract):
    @pytest.fixture
    def gateway(self) -> FakePaymentGateway:
        return FakePaymentGateway()

    @pytest.fixture
    def taken(self, gateway):
        return lambda: gateway.charged


class TestHttpPaymentGateway(PaymentGatewayContract):
    @pytest.fixture
    def taken(self, server):
        return lambda: server.taken


def refused(gateway: PaymentGateway) -> ServiceError:
    """The error that a charge ends with."""
    with pytest.raises(ServiceError) as raised:
        gateway.charge(a_payment())
    return raised.value


def test_the_gateway_is_sent_the_payment_with_its_id_as_the_key(gateway, server):
    payment = a_payment("24.50")

    gateway.charge(payment)

    assert server.received == [("/charges", {"member": "m1", "amount": "24.50", "key": payment.id})]


@pytest.mark.parametrize(("status", "maybe_applied"), [(500, True), (503, True), (302, True), (429, False)])
def test_another_status_is_unavailable_and_says_whether_money_may_have_been_taken(
    gateway, server, status, maybe_applied
):
    server.status = status

    error = refused(gateway)

    assert isinstance(error, Unavailable)
    assert error.maybe_applied == maybe_applied
    assert len(server.received) == 1


def test_a_call_that_the_gateway_rejects_is_a_mistake_of_ours(gateway, server):
    assert isinstance(refused(HttpPaymentGateway(server.address, "wrong")), Misconfigured)

    server.status = 422

    assert isinstance(refused(gateway), Misconfigured)


def test_a_gateway_that_is_not_there_has_taken_nothing():
    with serving() as server:
        address = server.address

    error = refused(HttpPaymentGateway(address, KEY))

    assert isinstance(error, Unavailable)
    assert not error.maybe_applied


def test_a_connection_that_breaks_may_have_cost_money(gateway, server):
    server.breaks_off = True

    error = refused(gateway)

    assert isinstance(error, Unavailable)
    assert error.maybe_applied


def test_a_gateway_that_does_not_answer_is_given_up(server):
    server.may_answer.clear()

    error = refused(HttpPaymentGateway(server.address, KEY, read_seconds=SHORT))

    assert isinstance(error, Unavailable)
    assert error.maybe_applied


@pytest.mark.usefixtures("standing")
def test_a_gateway_that_does_not_answer_by_the_deadline_is_given_up(gateway, server):
    server.may_answer.clear()

    with within(SHORT, buffer=SHORT / 2):
        error = refused(gateway)

    assert isinstance(error, Unavailable)
    assert error.maybe_applied


def test_within_the_buffer_nothing_is_sent(gateway, server):
    with within(SHORT, buffer=PATIENCE):
        error = refused(gateway)

    assert isinstance(error, Unavailable)
    assert not error.maybe_applied
    assert server.received == []


def test_the_settings_choose_the_gateway():
    http = create_payment_gateway(Settings(payments="https://pay.example", payments_key="secret"))

    assert isinstance(create_payment_gateway(Settings()), FakePaymentGateway)
    assert isinstance(http, HttpPaymentGateway)
    with pytest.raises(Misconfigured, match="CLUB_SERVICE_PAYMENTS"):
        Settings.from_environment({"CLUB_SERVICE_PAYMENTS": "ftp://pay.example"})
