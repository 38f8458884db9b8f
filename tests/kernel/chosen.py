"""Which adapters the tests run on.

TEST_ADAPTERS chooses, by names and addresses, and your own adapter by its class:
`TEST_ADAPTERS="memory http://127.0.0.1:8000 tests.adapters:YourAdapter" pytest`.
"""

import os
from collections.abc import Iterable
from importlib import import_module

import pytest

from tests.kernel.adapters import Adapter
from tests.kernel.adapters import CurlAdapter
from tests.kernel.adapters import EndpointAdapter
from tests.kernel.adapters import InMemoryAdapter
from tests.kernel.adapters import MinistackAdapter
from tests.kernel.adapters import MotoAdapter

_OF_THE_KERNEL = (InMemoryAdapter(), MotoAdapter(), MinistackAdapter(), CurlAdapter())
TABLE: dict[str, Adapter] = {adapter.name: adapter for adapter in _OF_THE_KERNEL}
"""The adapters that the tests know, by what TEST_ADAPTERS calls them. `chosen` adds your own."""


def asked_for(*names: str) -> tuple[Adapter, ...]:
    """The adapters that TEST_ADAPTERS names; those of `names`, if it is not set.

    Raises:
        pytest.UsageError: there is no such adapter.
    """
    defaults = chosen(names)  # they are in the table, even if they do not run
    return chosen(given.split()) if (given := os.environ.get("TEST_ADAPTERS")) else defaults


def chosen(names: Iterable[str]) -> tuple[Adapter, ...]:
    """The adapters of those names, addresses and classes.

    Raises:
        pytest.UsageError: there is no such adapter.
    """
    return tuple(_adapter(name) for name in names)


def _adapter(name: str) -> Adapter:
    if name == "aws" or "://" in name:
        return EndpointAdapter(name)
    if name not in TABLE and ":" in name:
        TABLE[name] = _made(name)
    if name not in TABLE:
        raise pytest.UsageError(
            f"TEST_ADAPTERS: no adapter is called {name!r}. There are {', '.join(TABLE)}, aws, the URL of a DynamoDB, and"
            " your own adapters, each named as module:Class"
        )
    return TABLE[name]


def _made(path: str) -> Adapter:
    """The adapter whose class has that path, `module:Class`."""
    module, _, name = path.partition(":")
    try:
        made = getattr(import_module(module), name)()
    except (ImportError, AttributeError, TypeError) as exc:
        raise pytest.UsageError(f"TEST_ADAPTERS: {path} cannot be made: {exc}") from exc
    if not isinstance(made, Adapter):
        raise pytest.UsageError(f"TEST_ADAPTERS: {path} is no {Adapter.__module__}.{Adapter.__name__}")
    return made
