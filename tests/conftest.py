"""The container under test, once per adapter."""

from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.contracts")

from domain.events import Event  # noqa: E402  # asserts in the contracts are rewritten from here on
from infrastructure.container import Container  # noqa: E402
from tests.adapters import ADAPTERS  # noqa: E402
from tests.adapters import Adapter  # noqa: E402

TESTS = Path(__file__).parent
ABOVE_THE_CONTRACT = (TESTS / "usecases", TESTS / "recipes", TESTS / "infrastructure" / "http")
IN_MEMORY = any(adapter.name == "memory" for adapter in ADAPTERS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the tests that run once per adapter: `pytest -m adapters`.

    What stands above the contract is not run on moto if it runs in memory: moto would say the same, in ten times the
    time. Over the wire all of it is run again, by `make verify`.
    """
    for item in items:
        if "adapter" in getattr(item, "fixturenames", ()):
            item.add_marker("adapters")
    repeated = {item for item in items if IN_MEMORY and _adapter_of(item) == "moto" and _is_above(item)}
    config.hook.pytest_deselected(items=list(repeated))
    items[:] = [item for item in items if item not in repeated]


def _adapter_of(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    adapter = callspec.params.get("adapter") if callspec is not None else None
    return getattr(adapter, "name", None)


def _is_above(item: pytest.Item) -> bool:
    return any(folder in item.path.parents for folder in ABOVE_THE_CONTRACT)


@pytest.fixture(params=ADAPTERS, ids=lambda adapter: adapter.name, scope="session")
def adapter(request) -> Iterator[Adapter]:
    """One way of keeping entities. A test that uses it, or the container, runs once for each."""
    with request.param.running():
        yield request.param


@pytest.fixture
def container(adapter: Adapter) -> Iterator[Container]:
    """The real container, empty, on that adapter."""
    with adapter.container() as container:
        yield container


@pytest.fixture
def published(adapter: Adapter, container: Container) -> Callable[[], list[Event]]:
    """What has reached the bus so far, once everything committed has been carried out."""
    return lambda: adapter.published(container)
