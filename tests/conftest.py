"""The container under test, once per adapter."""

from collections.abc import Callable
from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.contracts")

from domain.events import Event  # noqa: E402  # asserts in the contracts are rewritten from here on
from infrastructure.container import Container  # noqa: E402
from tests.adapters import ADAPTERS  # noqa: E402
from tests.adapters import Adapter  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that run once per adapter: `pytest -m adapters`."""
    for item in items:
        if "adapter" in getattr(item, "fixturenames", ()):
            item.add_marker("adapters")


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
