"""TEST_ADAPTERS names what the tests run on; what it cannot name is said, and nothing runs in its place."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.kernel.adapters import EndpointAdapter
from tests.kernel.adapters import InMemoryAdapter
from tests.kernel.adapters import MotoAdapter
from tests.kernel.chosen import TABLE
from tests.kernel.chosen import asked_for
from tests.kernel.chosen import chosen

OWN = f"{__name__}:PapyrusAdapter"


class PapyrusAdapter(InMemoryAdapter):
    name = "papyrus"
    persistence = "papyrus"


@pytest.fixture(autouse=True)
def table(monkeypatch):
    """The table, which is afterwards what it was before; the environment chooses nothing."""
    monkeypatch.delenv("TEST_ADAPTERS", raising=False)
    with patch.dict(TABLE):
        yield TABLE


def test_adapters_are_named_by_their_names_addresses_and_classes(table):
    memory, moto, aws, endpoint, own = chosen(["memory", "moto", "aws", "http://127.0.0.1:8000", OWN])

    assert (type(memory), type(moto), type(own)) == (InMemoryAdapter, MotoAdapter, PapyrusAdapter)
    assert isinstance(aws, EndpointAdapter)
    assert isinstance(endpoint, EndpointAdapter)
    assert table[OWN] is own
    assert chosen([OWN]) == (own,)


def test_the_environment_chooses_and_what_it_leaves_out_is_still_known(table, monkeypatch):
    assert [adapter.name for adapter in asked_for("memory", OWN)] == ["memory", "papyrus"]

    monkeypatch.setenv("TEST_ADAPTERS", "moto")

    assert [adapter.name for adapter in asked_for("memory", OWN)] == ["moto"]
    assert OWN in table


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("postgres", r"no adapter is called 'postgres'\. There are memory, moto, ministack, .*aws, "),
        ("tests.nowhere:Adapter", "tests.nowhere:Adapter cannot be made: No module named 'tests.nowhere'"),
        (f"{__name__}:Nobody", "cannot be made: .* has no attribute 'Nobody'"),
        (f"{__name__}:EndpointAdapter", "cannot be made: .* missing 1 required positional argument"),
        ("pathlib:Path", r"pathlib:Path is no tests\.kernel\.adapters\.Adapter"),
    ],
)
def test_an_adapter_that_is_not_there_is_an_error_that_names_it(name, said):
    with pytest.raises(pytest.UsageError, match=f"TEST_ADAPTERS: .*{said}"):
        chosen([name])


def test_nothing_runs_where_an_adapter_is_not_there(monkeypatch):
    monkeypatch.setenv("TEST_ADAPTERS", "memory postgres")
    command = [sys.executable, "-m", "pytest", "-q", "tests/kernel/domain/test_text.py"]

    ended = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)

    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    assert "TEST_ADAPTERS: no adapter is called 'postgres'. There are memory, moto, " in ended.stdout + ended.stderr
