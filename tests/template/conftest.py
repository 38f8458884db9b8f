"""Run only if asked for: these tests run whole services."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.on_request import ignored


@pytest.fixture(scope="session", autouse=True)
def one_cache_of_types(tmp_path_factory) -> Iterator[None]:
    """What mypy has found about kernels and libraries in one service holds in the next."""
    os.environ["MYPY_CACHE_DIR"] = str(tmp_path_factory.mktemp("mypy"))
    yield
    del os.environ["MYPY_CACHE_DIR"]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return ignored(Path(__file__).parent, config)
