"""DynamoDB keeps the contract under failure."""

import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from functools import partial
from threading import Semaphore
from typing import Any

import pytest
from dependency_injector.providers import Object

from infrastructure.kernel.dynamodb.streams.poller import StreamPoller
from infrastructure.kernel.dynamodb.transport import Answer
from tests.kernel.adapters import DynamoDBAdapter
from tests.kernel.contracts.failures import FailuresContract
from tests.kernel.contracts.quantities import QuantitiesContract
from tests.kernel.infrastructure.dynamodb.network import Delivery
from tests.kernel.infrastructure.dynamodb.network import Fault
from tests.kernel.infrastructure.dynamodb.network import Network
from tests.kernel.infrastructure.dynamodb.network import deliver
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.infrastructure.dynamodb.network import refuse_the_connection
from tests.kernel.service.container import Container
from tests.kernel.service.repositories import DynamoDBPersistence
from tests.kernel.service.settings import Settings

PATIENCE = 60
"""Seconds after which a test that waits for what does not come fails."""


@contextmanager
def meeting(network: Network, fault: Fault) -> Iterator[None]:
    """Every request in the block meets that fault."""
    network.always(fault)
    try:
        yield
    finally:
        network.always(deliver)


class Held:
    """Requests that are held back until the end of a block, when they arrive."""

    def __init__(self) -> None:
        self._held = Semaphore(0)
        self._is_over = threading.Event()
        self._arrived = Semaphore(0)
        self._number = 0

    def __call__(self, delivery: Delivery) -> Answer:
        self._held.release()
        self._is_over.wait(PATIENCE)
        try:
            return delivery()
        finally:
            self._arrived.release()

    def wait(self, *_: object) -> None:
        """In place of waiting for an answer: lasts until one more request is held, when it is said to be time."""
        assert self._held.acquire(timeout=PATIENCE)
        self._number += 1

    def let_go(self) -> None:
        self._is_over.set()
        for _ in range(self._number):
            assert self._arrived.acquire(timeout=PATIENCE)


class TestFailures(FailuresContract):
    @pytest.fixture
    def process(self, container: Container, remote: DynamoDBPersistence) -> Container:
        return beside(container, remote)

    @pytest.fixture
    def begin(self, container: Container, connect: Callable[[], DynamoDBPersistence]) -> Callable[[], Container]:
        return lambda: beside(container, connect())

    @pytest.fixture
    def carry(self, adapter: DynamoDBAdapter) -> Callable[[Container], None]:
        pollers: dict[Container, list[StreamPoller]] = {}

        def carry(process: Container) -> None:
            if process not in pollers:
                pollers[process] = adapter.pollers(process, process.relay())
            for poller in pollers[process]:
                while poller.poll():
                    pass

        return carry

    @pytest.fixture
    def held(self, network: Network, monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[bool]]:
        @contextmanager
        def held() -> Iterator[bool]:
            held = Held()
            with meeting(network, held), monkeypatch.context() as patched:
                patched.setattr("usecases.kernel.deadline.wait", held.wait)
                yield True
                held.let_go()

        return held

    @pytest.fixture
    def losing_the_answer(self, network: Network) -> Any:
        return partial(meeting, network, lose_the_answer)

    @pytest.fixture
    def losing_the_request(self, network: Network) -> Any:
        return partial(meeting, network, lose_the_request)

    @pytest.fixture
    def gone(self, network: Network) -> Any:
        return partial(meeting, network, refuse_the_connection)


class TestFailuresInATableOfItsOwn(TestFailures):
    """Crates, which the contract is about, are apart from what consumers remember."""

    @pytest.fixture
    def container(self, adapter: DynamoDBAdapter) -> Iterator[Container]:
        with adapter.container(Container, Settings, apart=["Crate"]) as container:
            yield container


def beside(container: Container, persistence: DynamoDBPersistence) -> Container:
    """Another container on the same table, with a client and a bus of its own."""
    process = Container()
    process.settings.override(Object(container.settings()))
    process.persistence.override(Object(persistence))
    return process


class TestQuantities(QuantitiesContract):
    pass
