"""Run only if asked for: these tests take minutes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.faults.processes import a_table
from tests.kernel.on_request import ignored
from tests.kernel.service.settings import Settings


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Those of a service whose table is in a ministack of its own."""
    with a_table(Settings) as settings:
        yield settings
