"""The API of the service's own health: whether it runs, and whether it can serve."""

from collections.abc import Callable
from typing import Any
from typing import Literal

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from domain.kernel.value import Value
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.persistence import Persistence


class HealthRequest(Value):
    """Asks for nothing in particular."""


class Health(Value):
    """All is well; what is not is an error."""

    status: Literal["ok"] = "ok"


class CheckLiveness:
    """Whether the process answers at all."""

    def execute(self, request: HealthRequest) -> Health:
        return Health()


class CheckReadiness:
    """Whether requests can be served now: the store answers, and is set up as it has to be."""

    def __init__(self, persistence: Persistence) -> None:
        self._persistence = persistence

    def execute(self, request: HealthRequest) -> Health:
        self._persistence.check()
        return Health()


LIVE = Endpoint("GET", "/health/live", HealthRequest, CheckLiveness, scope=None)
READY = Endpoint("GET", "/health/ready", HealthRequest, CheckReadiness, scope=None, errors=(Misconfigured, Unavailable))
HEALTH = (LIVE, READY)
"""What every service answers, beside its own endpoints; without a token, since load balancers have none."""


def health_cases(persistence: Callable[[], Persistence]) -> dict[type[Any], Callable[[], Any]]:
    """The use cases of these endpoints."""
    return {CheckLiveness: CheckLiveness, CheckReadiness: lambda: CheckReadiness(persistence())}
