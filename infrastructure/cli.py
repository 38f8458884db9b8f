"""The command line: `team-service`."""

from infrastructure.api.routes import ROUTES
from infrastructure.container import Container
from infrastructure.kernel.cli import run


def main() -> None:
    """Runs it."""
    run(Container(), ROUTES)
