"""Run only if asked for: the zip is made, and the stack is deployed."""

from pathlib import Path

import pytest

from tests.deployment.fixtures import api
from tests.deployment.fixtures import cloud
from tests.deployment.fixtures import everything
from tests.deployment.fixtures import package
from tests.deployment.fixtures import stack
from tests.deployment.fixtures import template
from tests.kernel.on_request import ignored

__all__ = ["api", "cloud", "everything", "package", "stack", "template"]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)
