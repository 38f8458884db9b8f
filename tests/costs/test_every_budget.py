"""No budget of this folder is forgotten."""

from tests import costs
from tests.kernel.contracts.budgets import EveryBudgetContract


class TestEveryBudget(EveryBudgetContract):
    package = costs
