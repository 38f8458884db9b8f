"""A plugin of pytest: `pytest -p tests.lambda_zip.without_pydantic` runs what a lean zip can run."""

import sys
from importlib.abc import MetaPathFinder

import pytest

MAKING_CLASSES = ("test_an_entity_of_another_class_is_refused",)


class _NoPydantic(MetaPathFinder):
    """Finds it nowhere, from the begin. A library that can do without it, does."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.partition(".")[0] == "pydantic":
            raise ModuleNotFoundError(f"{fullname} is imported")


assert "pydantic" not in sys.modules
sys.meta_path.insert(0, _NoPydantic())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out the server, which no zip has, and what makes a class of a model while it runs."""
    items[:] = [item for item in items if _way(item) != "http" and item.name.partition("[")[0] not in MAKING_CLASSES]


def _way(item: pytest.Item) -> object:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("api") if callspec is not None else None
