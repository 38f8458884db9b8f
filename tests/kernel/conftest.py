"""The tiny service under test, once per adapter. No test in here knows an aggregate of the service around it."""

import os
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis

from tests.kernel.environment import forget_the_shell

pytest.register_assert_rewrite("tests.kernel.contracts")
forget_the_shell()

from domain.kernel.events import Event  # noqa: E402  # asserts are rewritten, and the shell is forgotten, from here on
from tests.kernel.adapters import Adapter  # noqa: E402
from tests.kernel.fixtures import ADAPTERS  # noqa: E402
from tests.kernel.fixtures import once_for_each  # noqa: E402
from tests.kernel.fixtures import once_per_adapter  # noqa: E402
from tests.kernel.on_request import ignored  # noqa: E402
from tests.kernel.service.container import Container  # noqa: E402
from tests.kernel.service.settings import Settings  # noqa: E402

# An adapter of the owner's does not know the tiny service.
adapter = once_for_each(*(adapter for adapter in ADAPTERS if type(adapter).__module__ == Adapter.__module__))

hypothesis.register_profile("kernel", deadline=None)  # a busy machine is no failure
hypothesis.load_profile("kernel")

ABOVE_THE_CONTRACT = ("usecases", "infrastructure/http")
ALONE = Path(__file__).with_name("test_kernels_alone.py")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return ignored(ALONE, config) if collection_path == ALONE else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    once_per_adapter(config, items, __file__, ABOVE_THE_CONTRACT)


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A machine that knows of no region and no credentials."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return monkeypatch


@pytest.fixture
def container(adapter: Adapter) -> Iterator[Container]:
    """The container of the tiny service, empty, on that adapter."""
    with adapter.container(Container, Settings) as container:
        yield container


@pytest.fixture
def published(adapter: Adapter, container: Container) -> Callable[[], list[Event]]:
    """What has reached the bus so far, once everything committed has been carried out."""
    return lambda: adapter.published(container)
