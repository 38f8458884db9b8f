"""template.yaml of a new service is in step with its code, whatever the aggregate is called, and stays so."""

import sys

import pytest

from template.generate import draft
from template.names import Name
from tests.template.owners import REFERENCE
from tests.template.owners import Owner
from tests.template.owners import owner_of
from tests.template.services import context

NAMES = [
    Name("Order", "Orders"),
    Name("LineItem", "LineItems"),
    Name("URLShortener", "URLShorteners"),
    Name("MyURLThing", "MyURLThings"),
    Name("Item2Go", "Items2Go"),
    Name("Zebra", "Zebras"),
    Name("Account", "Accounts"),
]


def made(folder, name: Name, *, example: bool) -> Owner:
    """A new service, as cookiecutter would make it."""
    given = context(aggregate=name.singular, aggregate_plural=name.plural, example=example)
    assert draft(REFERENCE.service(REFERENCE.answers(given)), folder) is None
    return Owner(folder)


def in_step(owner: Owner) -> str:
    return owner.done(sys.executable, "-m", "deploy.template", "--check")


def renew(owner: Owner) -> str:
    """What `make template` does."""
    return owner.done(sys.executable, "-m", "deploy.template")


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.singular)
def test_a_new_service_has_a_template_in_step(tmp_path, name):
    owner = made(tmp_path, name, example=False)

    in_step(owner)


def test_a_service_has_a_template_of_its_own_name(tmp_path):
    text = made(tmp_path, NAMES[0], example=False).read("template.yaml")

    assert 'Description: "order-service: ' in text
    assert "        ORDER_SERVICE_PERSISTENCE: dynamodb\n" in text
    assert "parameter/order-service/" in text
    assert "team" not in text.lower()


def test_without_the_example_no_event_is_consumed_yet(tmp_path):
    text = made(tmp_path, NAMES[0], example=False).read("template.yaml")

    assert '      State: DISABLED\n      EventPattern:\n        source: ["order-service"]\n      # end\n' in text


def test_with_the_example_its_events_are_consumed(tmp_path):
    owner = made(tmp_path, NAMES[2], example=True)

    in_step(owner)
    text = owner.read("template.yaml")
    assert '      State: ENABLED\n      EventPattern:\n        source: ["order-service"]\n' in text
    assert '          - "PlayerSigned"\n' in text


def test_all_but_the_blocks_is_the_same_whatever_the_aggregate_is_called(tmp_path):
    texts = [made(tmp_path / name.plural, name, example=False).read("template.yaml") for name in (NAMES[0], NAMES[5])]

    plain = [text.replace("Zebra", "Order").replace("zebra", "order") for text in texts]
    assert plain[0] == plain[1]


def test_a_route_by_hand_is_named_until_it_is_written(tmp_path):
    owner = owner_of(tmp_path)
    owner.edit("infrastructure/api/orders.py", 'WRITE = "orders:write"', 'WRITE = "orders:change"')

    told = owner.run(sys.executable, "-m", "deploy.template", "--check")

    assert told.code == 1
    assert told.output == "template.yaml: the block routes differs from the code: run make template\n"
    assert renew(owner) == "template.yaml: routes written\n"
    in_step(owner)
    assert 'AuthorizationScopes: ["orders:change"]' in owner.read("template.yaml")


def test_a_declared_listing_is_an_index_of_the_table(tmp_path):
    owner = owner_of(tmp_path)
    imports = "from typing import ClassVar\nfrom domain.kernel.listing import Listing\nfrom domain.kernel.repository"
    listing = '    name: Name\n    by_name: ClassVar[Listing] = Listing(order="name")\n'
    owner.edit("domain/order.py", "    name: Name\n\n    @property", f"{listing}\n    @property")
    owner.edit("domain/order.py", "from domain.kernel.repository", imports)

    assert renew(owner) == "template.yaml: table written\n"
    assert "- IndexName: listing2\n" in owner.read("template.yaml")


def test_an_aggregate_that_is_dropped_takes_its_routes_along(tmp_path):
    owner = owner_of(tmp_path, Name("Invoice", "Invoices"))
    renew(owner)

    owner.drop_aggregate(Name("Order", "Orders"))

    assert renew(owner) == "template.yaml: routes written\n"
    assert "/orders" not in owner.read("template.yaml")
    assert "/invoices" in owner.read("template.yaml")
