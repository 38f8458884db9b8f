"""Which tests are run on which adapter."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.kernel.adapters import Adapter
from tests.kernel.adapters import InMemoryAdapter
from tests.kernel.adapters import MinistackAdapter
from tests.kernel.adapters import MotoAdapter
from tests.kernel.fixtures import once_per_adapter

HERE = Path(__file__)


class Item:
    """A test of the folder `above`, run with an adapter."""

    path = HERE.with_name("above") / "test_it.py"
    fixturenames = ("adapter",)

    def __init__(self, test: str, adapter: Adapter) -> None:
        self.nodeid = f"above/test_it.py::{test}[{adapter.name}]"
        self.callspec = SimpleNamespace(params={"adapter": adapter})

    def add_marker(self, _: str) -> None:
        """Not looked at."""


@pytest.mark.parametrize(
    ("above", "kept"),
    [
        (["above"], ["everywhere[memory]", "everywhere[ministack]", "of_dynamodb[moto]"]),
        ([], ["everywhere[memory]", "everywhere[moto]", "everywhere[ministack]", "of_dynamodb[moto]"]),
    ],
)
def test_above_the_contract_moto_repeats_no_test_and_runs_those_that_memory_does_not(above, kept):
    left_out: list[Any] = []
    config: Any = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items)))
    adapters = (InMemoryAdapter(), MotoAdapter(), MinistackAdapter())
    items: list[Any] = [*(Item("everywhere", adapter) for adapter in adapters), Item("of_dynamodb", MotoAdapter())]

    once_per_adapter(config, items, str(HERE), above)

    assert [item.nodeid.partition("::")[2] for item in items] == kept
    assert len(items) + len(left_out) == 4
