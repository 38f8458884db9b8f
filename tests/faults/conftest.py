"""Run only if asked for: these tests take minutes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.settings import Settings
from tests.asked_for import ignored
from tests.faults.processes import a_table


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Those of a service whose table is in a ministack of its own."""
    with a_table() as settings:
        yield settings
