"""Run only if asked for: the steps of the image are run, and processes are started."""

from pathlib import Path

import pytest

from tests.container.image import built
from tests.kernel.on_request import ignored

__all__ = ["built"]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)
