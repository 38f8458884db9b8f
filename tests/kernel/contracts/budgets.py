"""What every service promises of its costs."""

from collections.abc import Callable
from collections.abc import Iterable

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


def overspent(costs: Iterable[Cost]) -> list[str]:
    """The calls that cost more than their budgets, a line each, with both numbers."""
    return [
        f"{budget.name} consumes {units.read:g} read units and {units.write:g} write units;"
        f" its budget is {budget.units.read:g} and {budget.units.write:g} ({budget.place})"
        for budget, units in (cost for cost in costs if cost.is_over)
    ]
