"""What an entity costs among 10 to 100,000: the same at each size, if the cost of all grows linearly."""

from typing import NamedTuple

from benchmarks.processes import a_stub
from benchmarks.processes import running
from benchmarks.processes import told
from benchmarks.report import Summary

SIZES = (10, 100, 1000, 10_000, 100_000)
ADAPTERS = {"memory": "in memory", "dynamodb": "over the stub"}
WORK = {"import": "import", "walk": "walk through all pages", "export": "export"}
MEMORY = "memory"


class Growth(NamedTuple):
    """What a process measured that had so many entities."""

    adapter: str
    size: int
    measured: dict[str, float]


def measured() -> Summary:
    """Each size with each adapter, in a process of its own."""
    with a_stub() as endpoint:
        found = [_measured(adapter, size, endpoint) for size in SIZES for adapter in ADAPTERS]
    return {
        "sizes": SIZES,
        "lines": [
            {
                "title": f"{title}, {where}",
                "unit": "bytes" if what == MEMORY else "cpu",
                "values": [each.measured[what] for each in found if each.adapter == adapter],
            }
            for what, title in {**WORK, MEMORY: "memory of an export"}.items()
            for adapter, where in ADAPTERS.items()
        ],
    }


def _measured(adapter: str, size: int, endpoint: str) -> Growth:
    with running("benchmarks.growth.worker", adapter, str(size), endpoint) as worker:
        return Growth(adapter, size, told(worker))
