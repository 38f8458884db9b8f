"""The page about costs says what the command prints, and shows what the tests have."""

import re
from pathlib import Path

from infrastructure.container import Container
from infrastructure.kernel.costs.budgets import budgets_in
from infrastructure.kernel.costs.budgets import without_budget
from infrastructure.kernel.costs.measuring import Cost
from infrastructure.kernel.costs.measuring import measure
from infrastructure.kernel.costs.prices import read_prices
from infrastructure.kernel.costs.report import as_markdown
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.wiring import use_cases
from tests import costs
from tests.kernel.contracts.budgets import overspent
from usecases.sponsors import RenameSponsor

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/cost.md").read_text(encoding="utf-8")
PRICES = ROOT / "tests/costs/prices.json"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_table_is_what_the_command_prints():
    declared = budgets_in(costs)

    table = as_markdown(
        measure(Container(), declared), without_budget(use_cases(Container()), declared), read_prices(PRICES)
    )

    assert f"<!-- team-service cost --format markdown -->\n\n{table}\n<!-- end -->" in PAGE


def test_every_use_case_of_the_reference_has_a_budget():
    assert without_budget(use_cases(Container()), budgets_in(costs)) == []


def test_the_budget_on_the_page_is_one_of_the_tests():
    [block] = blocks("python")

    assert block in (ROOT / "tests/costs/test_sponsors.py").read_text(encoding="utf-8")


def test_the_message_on_the_page_is_that_of_the_test():
    [budget] = [budget for budget in budgets_in(costs) if budget.use_case is RenameSponsor]

    assert blocks("text") == [f"{line}\n" for line in overspent([Cost(budget, Units(2, 3))])]


def test_the_price_file_on_the_page_is_the_one_that_is_used():
    assert blocks("json") == [PRICES.read_text(encoding="utf-8")]
