"""The command line of a service."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from domain.kernel.errors import ServiceError
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.distributions import require_only_service
from infrastructure.kernel.garbage import collect_rarely
from infrastructure.kernel.logs import printable
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.wiring import Container

EXTRA = ("fastapi", "httptools", "jwt", "rich", "typer", "uvicorn")
"""What commands need, and Lambda does not: the extra `server` of the distribution."""


@dataclass(frozen=True)
class Service:
    """What the commands work on."""

    container: Container
    endpoints: Sequence[Endpoint]

    def opened(self) -> Persistence:
        """The adapter, open."""
        persistence = self.container.persistence()
        persistence.open()
        return persistence


def run(container: Container, endpoints: Sequence[Endpoint]) -> None:
    """Runs the command line of a service; an error of it is told in one line and ends it with exit code 1."""
    collect_rarely()
    try:
        require_only_service()
        commands = import_module("infrastructure.kernel.commands")
        commands.app(obj=Service(container, endpoints))
    except ServiceError as exc:
        sys.exit(f"{type(exc).__name__}: {printable(str(exc))}")
    except ModuleNotFoundError as exc:
        missing = (exc.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        service = container.settings().service
        sys.exit(f"{missing} is not installed, which commands need: pip install '{service}[server]'")
