"""An owner's change breaks no test but those with the aggregate's name in their path, and they say what has changed."""

import json
import sys
from collections.abc import Mapping

import pytest

from template.names import Name
from tests.template.owners import ORDER
from tests.template.owners import Outcome
from tests.template.owners import Owner
from tests.template.owners import copied
from tests.template.owners import owner_of

INVOICE = Name("Invoice", "Invoices")
DOMAIN, CASES, API, CONTAINER = (
    "domain/order.py",
    "usecases/orders.py",
    "infrastructure/api/orders.py",
    "infrastructure/container.py",
)
BUILDER, CONTRACT, TEST_COSTS, TEST_DOMAIN, TEST_CASES, TEST_API = (
    "tests/builders/orders.py",
    "tests/contracts/test_orders.py",
    "tests/costs/test_orders.py",
    "tests/domain/test_order.py",
    "tests/usecases/test_orders.py",
    "tests/infrastructure/api/test_orders.py",
)
IMPORTS = """\
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from typing import Literal

from pydantic import Field

from domain.kernel.money import Money
"""
ANNOTATIONS = {
    "weight": "Annotated[Decimal, Field(max_digits=9, decimal_places=2)]",
    "price": "Money",
    "code": 'Annotated[str, Field(pattern=r"^[A-Z]{2}-[0-9]+$")]',
    "status": "Status",
}
SOME_OF_THE_KERNEL = ("tests/kernel/domain/test_layers.py", "tests/kernel/usecases/test_changes.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Owner:
    """A service with orders, and with invoices beside them."""
    return owner_of(tmp_path_factory.mktemp("made"), INVOICE)


@pytest.fixture
def owner(tmp_path, made) -> Owner:
    return copied(made, tmp_path)


def assert_green(outcome: Outcome) -> None:
    assert outcome.failed == {}
    assert outcome.passed > 0


def assert_red_for(outcome: Outcome, *words: str) -> None:
    """Some tests with the name of the aggregate failed, and no others; what each prints has one of the words."""
    assert outcome.failed
    assert outcome.failed_elsewhere(ORDER) == {}
    silent = [text for texts in outcome.failed.values() for text in texts if not any(word in text for word in words)]
    assert silent == []


def fields(annotations: Mapping[str, str]) -> str:
    return "".join(f"    {field}: {annotation}\n" for field, annotation in annotations.items())


def drop_rename(owner: Owner) -> None:
    owner.drop(CASES, "RenameOrder", "RenameOrderRequest", "OrderRenamed", "Changed", "ChangeOne")
    owner.drop(DOMAIN, "OrderRenamed")
    owner.drop_endpoint(API, "RenameOrder")
    owner.drop_lines(CONTAINER, "RenameOrder")


def drop_tests_of_rename(owner: Owner) -> None:
    owner.drop_tests(TEST_CASES, "rename", "OrderRenamed", "RenameOrderRequest")
    owner.drop_tests(TEST_API, "renamed")
    owner.drop(TEST_COSTS, "renaming", "RenameOrder", "RenameOrderRequest")
    owner.edit(TEST_CASES, "changed(elsewhere)", "elsewhere")
    owner.drop(TEST_CASES, "changed")


def test_a_name_gives_way_to_other_fields(owner):
    drop_rename(owner)
    owner.drop(DOMAIN, "listed_as", "rename")
    owner.edit(DOMAIN, "    name: Name\n", "    customer_id: Id\n    quantity: int = Field(ge=1)\n")
    owner.edit(DOMAIN, "text import Name\n", "text import Id\n")
    owner.edit(DOMAIN, "\nfrom domain.kernel.entity", "\nfrom pydantic import Field\n\nfrom domain.kernel.entity")
    owner.edit(CASES, "    name: Name\n", "    customer_id: Id\n    quantity: int\n")
    owner.edit(CASES, "text import Name\n", "text import Id\n")
    for source in ("request", "order"):
        before, after = f"name={source}.name", f"customer_id={source}.customer_id, quantity={source}.quantity"
        owner.edit(CASES, before, after)
    owner.edit(API, 'example={"name": "Northern Rail"}', 'example={"customer_id": "c1", "quantity": 2}')

    assert_red_for(owner.test(), "name", "customer_id", "quantity", "Rename")

    owner.edit(BUILDER, '{"name": "Northern Rail"}', '{"customer_id": "c1", "quantity": 2}')
    owner.edit(BUILDER, 'order.rename(f"{order.name} II")', "order.evolve(quantity=order.quantity + 1)")
    owner.drop_tests(TEST_DOMAIN, "name")
    drop_tests_of_rename(owner)
    assert_green(owner.test(adapters="memory moto"))
    assert_green(owner.test(*SOME_OF_THE_KERNEL))


def test_a_field_is_added_that_everyone_has_to_give(owner):
    owner.edit(DOMAIN, "    name: Name\n\n    @property", "    name: Name\n    customer_id: Id\n\n    @property")
    owner.edit(DOMAIN, "import Name\n", "import Id\nfrom domain.kernel.text import Name\n")
    of_the_domain_alone = owner.test()
    owner.edit(CASES, '"""What a new order is called."""\n', '"""What a new order is called."""\n\n    customer_id: Id')
    owner.edit(CASES, "import Name\n", "import Id\nfrom domain.kernel.text import Name\n")
    owner.edit(CASES, "Order(id=self._new_id(), ", "Order(id=self._new_id(), customer_id=request.customer_id, ")
    owner.edit(API, 'example={"name": "Northern Rail"}', 'example={"name": "Northern Rail", "customer_id": "c1"}')

    assert_red_for(of_the_domain_alone, "customer_id")
    assert_red_for(owner.test(), "customer_id")

    owner.edit(BUILDER, '"name": "Northern Rail"', '"name": "Northern Rail", "customer_id": "c1"')
    assert_green(owner.test())


def test_the_rename_use_case_is_dropped(owner):
    drop_rename(owner)

    assert_red_for(owner.test(), "rename", "Rename")

    drop_tests_of_rename(owner)
    assert_green(owner.test())


@pytest.mark.parametrize("dropped", [ORDER, INVOICE], ids=["the first one", "the second one"])
def test_one_of_two_aggregates_is_dropped(owner, dropped):
    owner.drop_aggregate(dropped)

    assert not [path for path in owner.owned() if dropped.singular.lower() in owner.read(path).lower()]
    assert_green(owner.test())


def test_the_only_aggregate_is_dropped_and_another_is_added(owner):
    owner.drop_aggregate(INVOICE)
    owner.drop_aggregate(ORDER)

    outcome, of_the_kernel = owner.test(), owner.test(*SOME_OF_THE_KERNEL)
    owner.done(sys.executable, "-m", "ruff", "format", "--quiet", ".")
    owner.add(Name("Shipment", "Shipments"))

    assert_green(outcome)
    assert_green(of_the_kernel)
    assert "    *shipments.ENDPOINTS,\n" in owner.read("infrastructure/api/routes.py")
    assert_green(owner.test())


def test_an_aggregate_is_listed_by_no_text(owner):
    owner.drop(DOMAIN, "listed_as")

    assert_red_for(owner.test(), "listed_as")

    owner.drop_tests(TEST_DOMAIN, "listed")
    assert_green(owner.test(adapters="memory moto"))


def test_an_entity_and_its_event_get_fields_with_rules(owner):
    owner.edit(DOMAIN, "from typing import Literal\n", IMPORTS)
    owner.edit(DOMAIN, "class Order(Entity)", 'class Status(StrEnum):\n    PLACED = "placed"\n\n\nclass Order(Entity)')
    owner.edit(DOMAIN, "    name: Name\n", "    name: Name\n" + fields(ANNOTATIONS))
    owner.edit(CASES, '"""What a new order is called."""\n', '"""What is ordered."""\n\n' + fields(ANNOTATIONS))
    owner.edit(
        CASES, "from domain.order import Order\n", "from domain.order import *\nfrom domain.order import Order\n"
    )
    for source in ("request", "order", "renamed"):
        given = ", ".join(f"{field}={source}.{field}" for field in ANNOTATIONS)
        owner.edit(CASES, f"name={source}.name", f"name={source}.name, {given}")

    assert_red_for(owner.test(), *ANNOTATIONS)

    sent = {"weight": "12.50", "price": "7.00", "code": "AB-7", "status": "placed"}
    owner.edit(BUILDER, '{"name": "Northern Rail"}', json.dumps({"name": "Northern Rail", **sent}))
    assert_green(owner.test(adapters="memory moto"))

    owner.edit(BUILDER, '"12.50"', '"0.001"')
    assert_red_for(owner.test(), "weight")


def test_documents_and_tests_are_missed_by_no_test(owner):
    (owner.folder / "README.md").write_text("mine\n", encoding="utf-8")
    owner.delete("CHANGELOG.md", "LICENSE", "docs", CONTRACT, TEST_COSTS, TEST_DOMAIN, TEST_CASES, TEST_API)
    owner.delete("tests/infrastructure/test_entry_points.py")

    assert_green(owner.test())
