"""In memory the contract under failure is kept, as far as there is anything to fail."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager

import pytest

from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.contracts.carrying import CarryingContract
from tests.kernel.contracts.deadlines import DeadlinesContract
from tests.kernel.contracts.quantities import QuantitiesContract
from tests.kernel.service.container import Container
from tests.kernel.service.repositories import InMemoryPersistence


@pytest.fixture
def container() -> Container:
    return an_in_memory_container()


def in_memory(process: Container) -> InMemoryPersistence:
    persistence = process.persistence()
    assert isinstance(persistence, InMemoryPersistence)
    return persistence


class TestFailures(CarryingContract, DeadlinesContract):
    @pytest.fixture
    def carry(self) -> Callable[[Container], None]:
        return lambda process: in_memory(process).outbox.drain()

    @pytest.fixture
    def held(self, process: Container) -> Callable[[], AbstractContextManager[bool]]:
        @contextmanager
        def held() -> Iterator[bool]:
            with in_memory(process).store.turn():
                yield False

        return held


class TestQuantities(QuantitiesContract):
    pass
