"""The command `cost`: its table, its price file, and what it says where it cannot run."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.costs.prices import read_prices
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.wiring import use_cases
from tests.kernel.service import costs
from tests.kernel.service.cli import COMMAND
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS

PRICES = Path(*costs.__path__, "prices.json")
MEASURED = """\
use case                    read units  write units  USD per million calls (us-east-1, 2024-11-01)
RenameCrate                          1            3                                         2.0000
CreateCrate                          0            2                                         1.2500
ListCrates, a page of 10           5.5            0                                         0.6875
ListSpecimensOfCrate                 1            0                                         0.1250
"""
IMPORT = "ImportCrate               not measured"

pytestmark = pytest.mark.usefixtures("process_as_it_was")


@pytest.fixture(autouse=True)
def _declared_by_the_tiny_service(monkeypatch):
    monkeypatch.setattr("infrastructure.kernel.cost_commands.CALLS", costs.__name__)
    monkeypatch.setenv("COLUMNS", "300")


def run(*arguments):
    return CliRunner().invoke(app, ["cost", *map(str, arguments)], obj=Service(Container(), ENDPOINTS))


def test_the_command_prints_a_line_per_call_and_those_that_are_not_measured():
    result = run()

    assert result.exit_code == 0
    assert result.stdout.startswith(MEASURED + IMPORT + "\n")
    assert len(result.stdout.splitlines()) == 1 + len(use_cases(Container()))
    assert "without storage, streams" in result.stderr
    assert "https://aws.amazon.com/dynamodb/pricing/on-demand/" in result.stderr
    assert "not measured in tests/kernel/service/costs" in result.stderr


def test_the_table_can_be_had_for_a_page():
    head, line, first, *_ = run("--format", "markdown").stdout.splitlines()

    assert head == "| use case | read units | write units | USD per million calls (us-east-1, 2024-11-01) |"
    assert line == "| --- | ---: | ---: | ---: |"
    assert first == "| RenameCrate | 1 | 3 | 2.0000 |"


def test_the_table_can_be_had_as_json_with_the_budgets():
    result = run("--format", "json")

    told = json.loads(result.stdout)
    assert result.stdout == json.dumps(told, indent=2, sort_keys=True) + "\n"
    assert told["calls"][2] == {
        "budget": {"read": 5.5, "write": 0},
        "call": "a page of 10",
        "per_million_calls": 0.6875,
        "units": {"read": 5.5, "write": 0},
        "use_case": "ListCrates",
    }
    assert told["prices"]["region"] == "us-east-1"
    assert told["unmeasured"][0] == "ImportCrate"


def test_another_price_file_has_other_prices(tmp_path):
    elsewhere = {**json.loads(PRICES.read_text(encoding="utf-8")), "region": "eu-west-9", "currency": "EUR"}
    file = tmp_path / "prices.json"
    file.write_text(json.dumps({**elsewhere, "per_million_read_units": 2, "per_million_write_units": 10}))

    head, first, *_ = run("--prices", file).stdout.splitlines()

    assert head.endswith("EUR per million calls (eu-west-9, 2024-11-01)")
    assert first.split() == ["RenameCrate", "1", "3", "32.0000"]


def test_a_million_calls_cost_what_their_units_cost():
    prices = read_prices(PRICES)

    assert prices.of_a_million(Units(read=0.5, write=2)) == Decimal("1.3125")
    assert prices.of_a_million(Units()) == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        ("{", "JSON"),
        ('{"region": "us-east-1"}', "currency"),
        (PRICES.read_text(encoding="utf-8").replace("0.125", "-1"), "per_million_read_units"),
        (PRICES.read_text(encoding="utf-8").replace("2024-11-01", "yesterday"), "date"),
    ],
)
def test_a_file_that_is_no_price_file_is_refused_with_the_reason(tmp_path, content, reason):
    file = tmp_path / "prices.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(Misconfigured, match=reason) as refused:
        read_prices(file)

    assert str(file) in str(refused.value)


@pytest.mark.parametrize("field", sorted(json.loads(PRICES.read_text(encoding="utf-8"))))
def test_a_price_file_without_one_of_its_fields_is_refused(tmp_path, field):
    told = json.loads(PRICES.read_text(encoding="utf-8"))
    del told[field]
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(told), encoding="utf-8")

    with pytest.raises(Misconfigured, match=field):
        read_prices(file)


@pytest.mark.parametrize("missing", ["moto", "tests.kernel.service.costs"])
def test_where_the_service_is_not_developed_the_command_says_what_is_missing(monkeypatch, missing):
    for name in [name for name in sys.modules if name.startswith((missing, "infrastructure.kernel.costs.measuring"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)

    result = run()

    assert isinstance(result.exception, Misconfigured)
    assert f"needs {missing}, which is not installed here" in str(result.exception)


def test_other_commands_do_not_load_what_measures():
    told = "import sys, infrastructure.kernel.commands; print([n for n in sys.modules if n.startswith(('moto', 'tests', 'infrastructure.kernel.costs'))])"

    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"


def test_a_service_without_calls_is_told_so_in_one_line():
    told = (
        "import infrastructure.kernel.cost_commands as c; c.CALLS = 'no_such_package'; import sys;"
        " sys.argv = ['x', 'cost']; import runpy; runpy.run_module('tests.kernel.service.cli', run_name='__main__')"
    )

    run = subprocess.run([COMMAND[0], "-c", told], capture_output=True, text=True, check=False)

    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("Misconfigured: `cost` needs no_such_package, which is not installed")
