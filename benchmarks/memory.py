"""How long the in-memory adapter takes: a line per aggregate. The budgets are those of the issue that asked for it."""

from rich.console import Console

from benchmarks.sponsors import SPONSORS
from benchmarks.teams import TEAMS
from benchmarks.timings import time_all
from infrastructure.container import Container
from infrastructure.settings import Settings


def main() -> None:
    """Prints a table per aggregate."""
    console = Console()
    container = Container()
    container.settings.override(Settings(persistence="memory", event_bus="memory"))
    console.print(time_all(container.persistence(), SPONSORS))
    console.print(time_all(container.persistence(), TEAMS))


if __name__ == "__main__":
    main()
