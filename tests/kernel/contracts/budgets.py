"""What every service promises of its costs."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from infrastructure.kernel.costs.budgets import Budgets
from infrastructure.kernel.costs.measuring import Cost
from infrastructure.kernel.costs.measuring import measure
from infrastructure.kernel.wiring import Container


class BudgetsContract:
    """No call consumes more read or write units than its budget.

    Attributes:
        container: makes one of the service.
        budgets: those of its module.
    """

    container: Callable[[], Container]
    budgets: Budgets

    def test_no_call_costs_more_than_its_budget(self):
        over = overspent(measure(type(self).container(), self.budgets.all))

        assert not over, "\n".join([*over, "If a call is meant to cost that, raise its budget. See docs/cost.md"])


class EveryBudgetContract:
    """Every module that has budgets compares them with what calls consume.

    Attributes:
        package: that of the modules.
    """

    package: ModuleType

    def test_every_module_with_budgets_has_a_test_of_them(self):
        untested = without_test(self.package)

        assert not untested, (
            f"nothing compares the budgets of {', '.join(untested)} with what calls consume. Add to each:"
            " class TestBudgets(BudgetsContract): container, budgets = Container, budgets. See docs/cost.md"
        )


def without_test(package: ModuleType) -> list[str]:
    """The modules of a package that have budgets, and no test for them."""
    modules = [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
    return [
        module.__name__
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Budgets) and not any(value is test.budgets for test in _tests_in(module))
    ]


def _tests_in(module: ModuleType) -> Iterator[type[BudgetsContract]]:
    values = vars(module).items()
    return (
        value
        for name, value in values
        if name.startswith("Test") and isinstance(value, type) and issubclass(value, BudgetsContract)
    )


def overspent(costs: Iterable[Cost]) -> list[str]:
    """The calls that cost more than their budgets, a line each, with both numbers."""
    return [
        f"{budget.name} consumes {units.read:g} read units and {units.write:g} write units;"
        f" its budget is {budget.units.read:g} and {budget.units.write:g} ({budget.place})"
        for budget, units in (cost for cost in costs if cost.is_over)
    ]
