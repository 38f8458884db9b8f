"""How long the in-memory adapter takes, with the aggregates of the tests' tiny service: a table for each."""

from decimal import Decimal

from rich.console import Console
from ulid import ULID

from benchmarks.timings import Subject
from benchmarks.timings import time_all
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen
from tests.kernel.service.settings import Settings

PARTS = tuple(Part(label=f"Part {number}", weight=Decimal(number)) for number in range(25))


def a_crate(name: str) -> Crate:
    return Crate(id=str(ULID()), name=name)


def a_specimen(name: str) -> Specimen:
    return Specimen(id=str(ULID()), name=name)


def a_specimen_of_parts(name: str) -> Specimen:
    return Specimen(id=str(ULID()), name=name, parts=PARTS)


def renamed(specimen: Specimen, name: str) -> Specimen:
    return specimen.evolve(name=name)


PLAIN = Subject("Crates", Crate, make=a_crate, make_timed=a_crate, rename=Crate.rename)
LARGE = Subject(
    f"Specimens of {len(PARTS)} parts", Specimen, make=a_specimen, make_timed=a_specimen_of_parts, rename=renamed
)


def main() -> None:
    """Prints a table per aggregate."""
    console = Console()
    container = Container()
    container.settings.override(Settings(persistence="memory", event_bus="memory"))
    console.print(time_all(container.persistence(), PLAIN))
    console.print(time_all(container.persistence(), LARGE))


if __name__ == "__main__":
    main()
