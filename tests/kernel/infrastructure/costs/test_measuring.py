"""Calls of use cases are measured in this process, and nothing else is touched."""

import logging
import re
from importlib import import_module

import pytest

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import NotFound
from infrastructure.kernel.costs.budgets import Budget
from infrastructure.kernel.costs.budgets import Budgets
from infrastructure.kernel.costs.budgets import budgets_in
from infrastructure.kernel.costs.budgets import without_budget
from infrastructure.kernel.costs.measuring import Cost
from infrastructure.kernel.costs.measuring import measure
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.persistence import Persistence
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.contracts.budgets import BudgetsContract
from tests.kernel.contracts.budgets import EveryBudgetContract
from tests.kernel.contracts.budgets import overspent
from tests.kernel.service import costs
from tests.kernel.service.container import Container
from tests.kernel.service.costs import crates
from tests.kernel.service.domain import Crate
from tests.kernel.service.settings import Settings
from tests.kernel.service.usecases import GetCrate
from tests.kernel.service.usecases import ListCrates
from tests.kernel.service.usecases import RenameCrate
from tests.kernel.service.usecases import RenameCrateRequest
from usecases.kernel.changes import Changed
from usecases.kernel.observability import current_trace
from usecases.kernel.requests import GetRequest
from usecases.kernel.requests import ListRequest


class TestBudgets(BudgetsContract):
    container, budgets = Container, crates.budgets


def test_budgets_that_no_test_is_for_are_known_by_their_module(tmp_path, monkeypatch):
    begin = "from tests.kernel.infrastructure.costs.test_measuring import *\n\nbudgets = Budgets()\n"
    test = "class {}(BudgetsContract):\n    container, budgets = Container, {}\n"
    modules = {
        "test_tested": begin + test.format("TestBudgets", "budgets"),
        "test_forgotten": begin,
        "test_of_others": begin + test.format("TestBudgets", "crates.budgets"),
        "test_not_collected": begin + test.format("BudgetsOfMine", "budgets"),
        "__init__": "",
    }
    folder = tmp_path / "calls_of_a_service"
    folder.mkdir()
    for name, content in modules.items():
        (folder / f"{name}.py").write_text(content)
    monkeypatch.syspath_prepend(tmp_path)

    every = EveryBudgetContract()
    every.package = import_module(folder.name)

    untested = ", ".join(f"{folder.name}.{name}" for name in ("test_forgotten", "test_not_collected", "test_of_others"))
    with pytest.raises(AssertionError, match=f"nothing compares the budgets of {re.escape(untested)} with"):
        every.test_every_module_with_budgets_has_a_test_of_them()


def a_budget(use_case, arrange, **units):
    budgets = Budgets()
    budgets.of(use_case, **units)(arrange)
    return budgets.all


def renaming(container):
    return RenameCrateRequest(id=container.crates().add(a_crate()).id, name="Tea")


def test_calls_are_measured_by_module_and_in_their_order_there():
    measured = measure(Container(), budgets_in(costs))

    assert [(cost.budget.name, cost.units) for cost in measured] == [
        ("RenameCrate", Units(read=1, write=3)),
        ("CreateCrate", Units(write=2)),
        ("ListCrates, a page of 10", Units(read=5.5)),
        ("ListSpecimensOfCrate", Units(read=1)),
    ]


class RenameCrateCarefully(RenameCrate):
    """Reads the crate once more than is needed, and the store again after the write."""

    def change(self, crate: Crate, request: RenameCrateRequest) -> Changed[Crate]:
        self._repository.get(crate.id, consistent=True)
        return super().change(crate, request)


def test_a_use_case_that_reads_once_more_is_over_its_budget_and_both_numbers_are_told():
    container = Container()
    container.rename_crate.override(
        type(container.rename_crate)(RenameCrateCarefully, container.crates, container.events)
    )
    [budget] = a_budget(RenameCrate, renaming, read_units=1, write_units=3)

    costs = measure(container, [budget])

    assert [cost.units for cost in costs] == [Units(read=2, write=3)]
    [told] = overspent(costs)
    assert told == (
        "RenameCrate consumes 2 read units and 3 write units; its budget is 1 and 3"
        f" (tests/kernel/infrastructure/costs/test_measuring.py, line {renaming.__code__.co_firstlineno})"
    )


@pytest.mark.parametrize(
    ("units", "is_over"),
    [
        (Units(1, 3), False),
        (Units(0.5, 2), False),
        (Units(1.5, 3), True),
        (Units(1, 4), True),
        (Units(1.5, 0), True),
        (Units(0, 4), True),
    ],
)
def test_a_call_is_over_its_budget_with_more_reads_or_with_more_writes(units, is_over):
    assert Cost(Budget(RenameCrate, "", Units(1, 3), renaming), units).is_over is is_over


def test_only_the_call_counts_and_every_call_finds_an_empty_table():
    container = Container()

    def listing(container):
        container.crates().put_many([a_crate(), a_crate()])
        return ListRequest()

    costs = measure(container, a_budget(ListCrates, listing) * 2)

    assert [cost.units for cost in costs] == [Units(read=0.5 + 2 * 0.5)] * 2


def test_calls_are_made_in_a_trace_which_is_stored_with_their_events_and_in_one_thread():
    found = []

    def arrange(container):
        found.append((current_trace() is not None, container.settings().dynamodb_batch_threads))
        return renaming(container)

    measure(Container(), a_budget(RenameCrate, arrange))

    assert found == [(True, 1)]


def test_nothing_that_the_environment_names_is_called(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    container = an_in_memory_container()
    elsewhere = {"dynamodb_endpoint": "http://127.0.0.1:9", "dynamodb_transport": "curl", "dynamodb_table": "precious"}
    container.settings.override(
        Settings.model_validate({"persistence": "dynamodb", "event_bus": "memory", **elsewhere})
    )

    [cost] = measure(container, a_budget(RenameCrate, renaming))

    assert cost.units == Units(read=1, write=3)
    assert container.settings().dynamodb_table == "precious"


def test_the_shards_of_the_settings_count():
    container = Container()
    container.settings.override(Settings(dynamodb_listing_shards="3"))

    [cost] = measure(container, a_budget(ListCrates, lambda _: ListRequest()))

    assert cost.units == Units(read=3 * 0.5)


def test_the_log_tells_nothing_of_the_credentials_for_moto_and_is_as_it_was_in_the_end(caplog):
    caplog.set_level(logging.INFO, logger="botocore")

    measure(Container(), a_budget(RenameCrate, renaming))

    assert caplog.messages == []
    assert logging.getLogger("botocore.credentials").disabled is False


def test_a_call_that_fails_is_named_with_the_error():
    budgets = a_budget(GetCrate, lambda _: GetRequest(id="nobody"))

    with pytest.raises(
        Misconfigured, match=r"test_measuring\.py, line \d+: GetCrate failed: NotFound: Crate nobody"
    ) as failed:
        measure(Container(), budgets)

    assert isinstance(failed.value.__cause__, NotFound)
    assert measure(Container(), a_budget(RenameCrate, renaming))


def test_a_use_case_that_is_not_in_the_container_is_named():
    with pytest.raises(Misconfigured, match="there is no RenameCrateCarefully in the container"):
        measure(Container(), a_budget(RenameCrateCarefully, renaming))


def test_an_adapter_without_units_is_refused():
    container = an_in_memory_container()
    in_memory: Persistence = container.persistence()
    container.persistence.override(in_memory)

    with pytest.raises(Misconfigured, match="InMemoryPersistence consumes no units"):
        measure(container, [])


def test_use_cases_without_a_budget_are_known_by_name():
    assert without_budget([GetCrate, RenameCrate, ListCrates], budgets_in(costs)) == ["GetCrate"]
