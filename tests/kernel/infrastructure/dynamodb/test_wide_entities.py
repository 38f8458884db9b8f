"""How many fields an entity may have: as many as one update can set, by DynamoDB's limits of an expression."""

import types
from datetime import UTC
from datetime import datetime
from typing import Any
from typing import ClassVar

import pytest

from domain.kernel.entity import Entity
from domain.kernel.listing import Listing
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.network import answering

MAX_BYTES = 4096
MAX_OPERATORS = 300


def wide(fields: int, *, listings: int = 1, expires: bool = False) -> type[Entity]:
    """A kind with so many fields, besides `id` and `version`, in so many listings."""
    own: dict[str, Any] = {f"field{number}": str | None for number in range(fields - expires)}
    if expires:
        own["expires_at"] = datetime | None
    declared = {f"of_{name}": Listing(by=name) for name in list(own)[: listings - 1]}
    annotations = {**own, **dict.fromkeys(declared, ClassVar[Listing])}
    body = {**dict.fromkeys(own), **declared, "__annotations__": annotations, "__module__": __name__}
    kind: type[Entity] = types.new_class("Wide", (Entity,), exec_body=lambda namespace: namespace.update(body))
    return kind


WIDEST = {
    "without-declared-listings": {"fields": 294, "listings": 1},
    "with-20-indexes": {"fields": 256, "listings": 20},
    "that-expires": {"fields": 255, "listings": 20, "expires": True},
}


@pytest.mark.parametrize("shape", WIDEST.values(), ids=WIDEST)
@pytest.mark.parametrize("value", [None, "x"], ids=["empty", "full"])
def test_the_widest_entity_fits_into_the_expression_of_one_update(lonely_table, network_of_nobody, shape, value):
    network_of_nobody.always(answering(200))
    kind = wide(**shape)
    named = {name: value for name in kind.model_fields if name.startswith("field")}
    entity = kind(id="w1", **named).at_version(1)
    store = DynamoDBStore(lonely_table, now=lambda: datetime(2026, 1, 31, tzinfo=UTC))
    repository = type("Wides", (DynamoDBRepository,), {"kind": kind, "type_name": "WIDE"})(store)

    repository.save(entity)
    repository.save(entity, an_event(entity))

    widest = max(sent.parameters["UpdateExpression"].count("#") for sent in network_of_nobody.sent)
    assert widest == MAX_OPERATORS, "the rule is as wide as the expression"
    for sent in network_of_nobody.sent:
        expressions = [text for name, text in sent.parameters.items() if name.endswith("Expression")]
        assert len(expressions) == 2
        for text in expressions:
            assert len(text.encode()) <= MAX_BYTES
            assert text.count("#") + text.count("AND") <= MAX_OPERATORS


@pytest.mark.parametrize("shape", WIDEST.values(), ids=WIDEST)
def test_one_field_more_is_refused_when_the_kind_is_registered(shape):
    kind = wide(**{**shape, "fields": shape["fields"] + 1})

    with pytest.raises(TypeError, match="Wide: one update can change 300 attributes, not 301"):
        Mapper(kind, "WIDE", (1,))


def test_two_numbers_of_shards_leave_one_field_fewer():
    assert len(Mapper(wide(293), "WIDE", (1, 4)).optional) == 3
    with pytest.raises(TypeError, match="Wide: one update can change 300 attributes, not 301"):
        Mapper(wide(294), "WIDE", (1, 4))


def test_what_is_not_listed_has_two_fields_more():
    assert Mapper(wide(296), "WIDE", ()).optional == ()
