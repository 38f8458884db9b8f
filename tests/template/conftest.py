"""Run only if asked for: these tests run whole services."""

from pathlib import Path

import pytest

from tests.kernel.asked_for import ignored


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)
