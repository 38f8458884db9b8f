"""No use case costs more than its budget."""

from infrastructure.container import Container
from tests import costs
from tests.kernel.contracts.budgets import BudgetsContract


class TestBudgets(BudgetsContract):
    container, declared = Container, costs
