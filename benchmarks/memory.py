"""How long the in-memory adapter takes: a line per aggregate. The budgets are those of the issue that asked for it."""

from rich.console import Console

from benchmarks.sponsors import SPONSORS
from benchmarks.teams import TEAMS
from benchmarks.timings import time_all
from infrastructure.events.memory import InMemoryEventBus
from infrastructure.memory.persistence import InMemoryPersistence


def main() -> None:
    """Prints a table per aggregate."""
    console = Console()
    console.print(time_all(InMemoryPersistence(InMemoryEventBus()), SPONSORS))
    console.print(time_all(InMemoryPersistence(InMemoryEventBus()), TEAMS))


if __name__ == "__main__":
    main()
