"""Run only if asked for: the zip is made, and processes are started."""

from pathlib import Path

import pytest

from tests.kernel.on_request import ignored
from tests.lambda_zip.fixtures import api
from tests.lambda_zip.fixtures import environment
from tests.lambda_zip.fixtures import inside
from tests.lambda_zip.fixtures import lean
from tests.lambda_zip.fixtures import package
from tests.lambda_zip.fixtures import package_with_curl
from tests.lambda_zip.fixtures import proxy
from tests.lambda_zip.fixtures import settings

__all__ = ["api", "environment", "inside", "lean", "package", "package_with_curl", "proxy", "settings"]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)
