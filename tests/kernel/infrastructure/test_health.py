"""Health: a process that answers is alive; it is ready if it can serve."""

import pytest

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from infrastructure.kernel.api.health import CheckLiveness
from infrastructure.kernel.api.health import CheckReadiness
from infrastructure.kernel.api.health import Health
from infrastructure.kernel.api.health import HealthRequest
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.service.repositories import InMemoryPersistence


def test_the_adapter_in_use_is_ready(container):
    assert CheckReadiness(container.persistence()).execute(HealthRequest()) == Health(status="ok")


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
