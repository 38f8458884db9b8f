"""The container under test, once per adapter."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.kernel.environment import forget_the_shell

pytest.register_assert_rewrite("tests.kernel.contracts")
forget_the_shell()

from domain.kernel.events import Event  # noqa: E402  # asserts are rewritten, and the shell is forgotten, from here on
from tests.kernel.adapters import Adapter  # noqa: E402
from tests.kernel.fixtures import adapter  # noqa: E402
from tests.kernel.fixtures import once_per_adapter  # noqa: E402

if TYPE_CHECKING:
    from infrastructure.container import Container

__all__ = ["adapter"]

ABOVE_THE_CONTRACT = ("usecases", "infrastructure")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    once_per_adapter(config, items, __file__, ABOVE_THE_CONTRACT)


@pytest.fixture
def container(adapter: Adapter) -> Iterator["Container"]:
    """The real container, empty, on that adapter."""
    # Imported here, so that the tests of the kernel, which begin in this file too, never load the service.
    from infrastructure.container import Container
    from infrastructure.settings import Settings

    with adapter.container(Container, Settings) as container:
        yield container


@pytest.fixture
def published(adapter: Adapter, container: "Container") -> Callable[[], list[Event]]:
    """What has reached the bus so far, once everything committed has been carried out."""
    return lambda: adapter.published(container)
