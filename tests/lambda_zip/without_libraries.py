"""A plugin of pytest: `pytest -p tests.lambda_zip.without_libraries` runs what a lean zip can run."""

import sys
from importlib.abc import MetaPathFinder

import pytest

MAKING_CLASSES = ("test_an_entity_of_another_class_is_refused",)
LIBRARIES = ("dependency_injector", "pydantic")


class _Refusing(MetaPathFinder):
    """Finds them nowhere, from the begin. Another library that can do without them, does."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.partition(".")[0] in LIBRARIES:
            raise ModuleNotFoundError(f"{fullname} is imported")


assert sys.modules.keys().isdisjoint(LIBRARIES)
sys.meta_path.insert(0, _Refusing())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out what makes a class of a model while it runs."""
    items[:] = [item for item in items if item.name.partition("[")[0] not in MAKING_CLASSES]
