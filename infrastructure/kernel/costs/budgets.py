"""Budgets: what calls of use cases may consume, declared in the tests of a service."""

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any
from typing import TypeVar

from infrastructure.kernel.costs.units import Units

Arrange = Callable[[Any], Any]
A = TypeVar("A", bound=Arrange)


@dataclass(frozen=True)
class Budget:
    """A call of a use case, and the units that it may consume.

    Attributes:
        what: tells it from other calls of the use case; may be empty.
        arrange: is given the container, stores what the call needs, and returns the request.
    """

    use_case: type[Any]
    what: str
    units: Units
    arrange: Arrange

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return f"{self.use_case.__name__}, {self.what}" if self.what else self.use_case.__name__

    @property
    def place(self) -> str:
        """Where it is declared."""
        return f"{self.arrange.__module__.replace('.', '/')}.py, line {self.arrange.__code__.co_firstlineno}"


class Budgets:
    """The budgets of a module.

        budgets = Budgets()


        @budgets.of(RenameCrate, read_units=1, write_units=3)
        def renaming(container):
            crate = container.crates().add(a_crate())
            return RenameCrateRequest(id=crate.id, name="Tea")

    Only the call counts, `execute` with the request; what the function does before that does not.
    """

    def __init__(self) -> None:
        self.all: list[Budget] = []

    def of(
        self, use_case: type[Any], what: str = "", *, read_units: float = 0, write_units: int = 0
    ) -> Callable[[A], A]:
        """Declares a budget, for the call whose request the decorated function returns."""

        def declare(arrange: A) -> A:
            self.all.append(Budget(use_case, what, Units(read_units, write_units), arrange))
            return arrange

        return declare


def budgets_in(package: ModuleType) -> list[Budget]:
    """All that the modules of a package declare, by module and in their order there."""
    modules = (import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__))
    values = (value for module in modules for value in vars(module).values())
    return [budget for value in values if isinstance(value, Budgets) for budget in value.all]


def without_budget(use_cases: Iterable[type[Any]], budgets: Iterable[Budget]) -> list[str]:
    """The names of use cases that no budget is for, in their order."""
    known = {budget.use_case for budget in budgets}
    return [case.__name__ for case in use_cases if case not in known]
