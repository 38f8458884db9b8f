"""The recipes stand above the contract."""

import pytest

from tests.kernel.fixtures import once_per_adapter


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    once_per_adapter(config, items, __file__, ("recipes",))
