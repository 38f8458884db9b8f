"""What the tests of the kernel and of the service share: every test of an adapter runs once per adapter."""

from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.kernel.adapters import Adapter
from tests.kernel.chosen import asked_for

ADAPTERS = asked_for("memory", "moto")


def once_for_each(*adapters: Adapter) -> Any:
    """The fixture `adapter`: a test that uses it, or the container, runs once for each of these."""

    @pytest.fixture(name="adapter", params=adapters, ids=lambda adapter: adapter.name, scope="session")
    def adapter(request: pytest.FixtureRequest) -> Iterator[Adapter]:
        with request.param.running():
            yield request.param

    return adapter


adapter = once_for_each(*ADAPTERS)


def once_per_adapter(config: pytest.Config, items: list[pytest.Item], conftest: str, above: Sequence[str]) -> None:
    """Marks the tests that run once per adapter: `pytest -m adapters`.

    Tests in the folders `above`, which stand above the contract, are not run on moto if they run in memory: moto would
    say the same, in ten times the time. Over the wire all of them are run again, by `make verify`.
    """
    folders = [Path(conftest).parent / folder for folder in above]
    for item in items:
        if "adapter" in getattr(item, "fixturenames", ()):
            item.add_marker("adapters")
    in_memory = {_test_of(item) for item in items if _adapter_of(item) == "memory"}
    repeated = {
        item
        for item in items
        if _adapter_of(item) == "moto"
        and _test_of(item) in in_memory
        and any(folder in item.path.parents for folder in folders)
    }
    config.hook.pytest_deselected(items=list(repeated))
    items[:] = [item for item in items if item not in repeated]


def _test_of(item: pytest.Item) -> str:
    """It, whatever it is run with."""
    return item.nodeid.partition("[")[0]


def _adapter_of(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    adapter = callspec.params.get("adapter") if callspec is not None else None
    return getattr(adapter, "name", None)
