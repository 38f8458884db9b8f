"""The tests of a service run on its own adapter, too."""

from collections.abc import Callable
from collections.abc import Iterator

import pytest

from domain.kernel.events import Event
from tests.docs.recipes.club.domain.payments import Payment
from tests.docs.recipes.club.infrastructure.container import Container as Club
from tests.docs.recipes.club.infrastructure.settings import Settings
from tests.docs.recipes.club.infrastructure.sqlite.adapter import SQLitePersistence
from tests.docs.recipes.club.usecases.payments import StartPaymentRequest
from tests.docs.recipes.test_payment_gateway import a_payment
from tests.kernel.adapters import Adapter
from tests.kernel.chosen import asked_for
from tests.kernel.contracts.repository import RepositoryContract
from tests.kernel.contracts.wiring import unknown_to_tests
from tests.kernel.fixtures import once_for_each
from usecases.kernel.requests import GetRequest

adapter = once_for_each(*asked_for("memory", "moto", "tests.docs.recipes.club.tests.adapters:SQLiteAdapter"))


@pytest.fixture
def container(adapter: Adapter) -> Iterator[Club]:
    with adapter.container(Club, Settings) as container:
        yield container


@pytest.fixture
def published(adapter: Adapter, container: Club) -> Callable[[], list[Event]]:
    return lambda: adapter.published(container)


class TestPayments(RepositoryContract[Payment]):
    provider, make = "payments", staticmethod(a_payment)
    changed = staticmethod(lambda payment: payment.evolve(amount=payment.amount + 1))


def test_the_container_is_on_the_adapter_that_the_test_names(adapter, container):
    assert isinstance(container.persistence(), SQLitePersistence) == (adapter.name == "sqlite")


def test_a_payment_is_settled_and_its_events_arrive(container, published):
    payment = container.start_payment().execute(StartPaymentRequest(member_id="m1", amount=10))

    assert container.settle_payment().execute(GetRequest(id=payment.id)) == container.payments().get(payment.id)
    assert {event.aggregate_id for event in published()} <= {payment.id}


def test_every_adapter_of_the_club_is_known_to_the_tests():
    assert unknown_to_tests(Settings) == []
