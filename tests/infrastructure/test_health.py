"""Health: alive is whoever answers, ready is who can serve."""

import pytest

from domain.errors import Misconfigured
from domain.errors import Unavailable
from infrastructure.health import CheckLiveness
from infrastructure.health import CheckReadiness
from infrastructure.health import Health
from infrastructure.health import HealthRequest
from infrastructure.memory.persistence import InMemoryPersistence
from tests.builders.containers import an_in_memory_container


def test_the_adapter_in_use_is_ready(container):
    assert container.check_readiness().execute(HealthRequest()) == Health(status="ok")


@pytest.mark.parametrize("error", [Misconfigured("no such table"), Unavailable("timed out")], ids=repr)
def test_a_service_whose_adapter_cannot_serve_is_not_ready_for_the_same_reason(error):
    class Failing(InMemoryPersistence):
        def check(self) -> None:
            raise error

    adapter = Failing(an_in_memory_container().relay())

    with pytest.raises(type(error)) as refused:
        CheckReadiness(adapter).execute(HealthRequest())

    assert refused.value is error


def test_a_service_is_alive_whatever_its_adapter_says():
    assert CheckLiveness().execute(HealthRequest()) == Health(status="ok")
