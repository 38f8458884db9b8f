"""Whether the service runs, and whether it can serve."""

from typing import Literal

from domain.value import Value
from infrastructure.persistence import Persistence


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
