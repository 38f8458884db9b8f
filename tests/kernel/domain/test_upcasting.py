"""Upcasters: which versions there are, and what is made of older ones."""

from decimal import Decimal
from typing import Any

import pytest

from domain.kernel.entity import Entity
from domain.kernel.entity import is_older
from domain.kernel.entity import other_form
from domain.kernel.errors import InvalidArgument
from domain.kernel.events import Event
from domain.kernel.upcasting import schema_version
from domain.kernel.upcasting import upcast
from tests.kernel.service.domain import Crate
from tests.kernel.service.parcels import Parcel
from tests.kernel.service.parcels import Parcel0
from tests.kernel.service.parcels import Parcel1
from tests.kernel.service.parcels import ParcelSent

STORED = (
    {"name": "Tea", "sender": "Ada King Lovelace", "cents": 1250},
    {"title": "Tea", "sender": "Ada King Lovelace", "cents": 1250},
    {"title": "Tea", "first": "Ada King", "last": "Lovelace", "cents": 1250},
    {"title": "Tea", "first": "Ada King", "last": "Lovelace", "price": Decimal("12.5")},
)
"""The same parcel in every schema version."""


def same(stored: dict[str, Any]) -> dict[str, Any]:
    return stored


def declaring(upcasters: dict[int, Any], base: type[Any] = Entity) -> type[Entity]:
    kind: type[Entity] = type("Declaring", (base,), {"upcasters": upcasters})
    return kind


def test_the_schema_version_is_counted_by_the_upcasters():
    assert [schema_version(kind) for kind in (Crate, Parcel0, Parcel1, Parcel, ParcelSent)] == [0, 0, 1, 3, 3]


@pytest.mark.parametrize("version", range(4))
def test_what_was_stored_in_any_version_becomes_the_same(version):
    fields = upcast(Parcel, dict(STORED[version]), version)

    parcel = Parcel.model_validate({**fields, "id": "p1"}, extra="ignore")

    assert parcel == Parcel(id="p1", title="Tea", first="Ada King", last="Lovelace", price="12.50")


def test_new_fields_that_an_older_release_has_left_beside_its_own_are_set_anew():
    fields = upcast(Parcel, {**STORED[0], "title": "Coffee", "last": "Byron", "price": Decimal(99)}, 0)

    assert (fields["title"], fields["last"], fields["price"]) == ("Tea", "Lovelace", Decimal("12.5"))


def test_a_newer_version_is_left_as_it_is():
    assert upcast(Parcel1, {"name": "Tea"}, 2) == {"name": "Tea"}


def test_the_oldest_upcasters_may_be_deleted_and_what_is_older_then_is_told():
    kind = declaring({2: same})

    assert schema_version(kind) == 3
    assert upcast(kind, {"title": "Tea"}, 2) == {"title": "Tea"}
    with pytest.raises(InvalidArgument, match="schema version 1: is not read any more by this release"):
        upcast(kind, {}, 1)


@pytest.mark.parametrize("fault", [KeyError("secret"), InvalidArgument("name", "secret"), TypeError()], ids=repr)
def test_an_upcaster_that_fails_is_named_by_its_version_and_no_data_is_quoted(fault):
    def fails(stored):
        raise fault

    with pytest.raises(InvalidArgument, match="its upcaster raises") as told:
        upcast(declaring({0: same, 1: fails}), {}, 0)

    assert told.value.inputs == "schema version 1"
    assert "secret" not in str(told.value)
    assert told.value.__cause__ is fault


def test_an_upcaster_that_returns_no_fields_is_named():
    with pytest.raises(InvalidArgument, match="schema version 0: its upcaster raises"):
        upcast(declaring({0: lambda _: None}), {}, 0)


@pytest.mark.parametrize("numbers", [(0, 2), (-1, 0), (1, 2, 4)], ids=str)
@pytest.mark.parametrize("base", [Entity, Event])
def test_upcasters_with_a_gap_are_refused_when_the_class_is_made(numbers, base):
    with pytest.raises(TypeError, match=r"Declaring\.upcasters: must be numbered from 0 or more without a gap"):
        declaring(dict.fromkeys(numbers, same), base)


@pytest.mark.parametrize("name", ["title", "missing", "evolve"])
def test_only_a_property_is_stored_beside_the_fields(name):
    with pytest.raises(TypeError, match=rf"Declaring\.also_stored: '{name}' must be a property of Declaring"):
        type("Declaring", (Parcel1,), {"also_stored": (name,)})


@pytest.mark.parametrize("name", ["title", "id", "name", "_write", "a b", ""])
def test_only_what_is_not_stored_any_more_is_removed(name):
    with pytest.raises(TypeError, match=rf"Declaring\.no_longer_stored: '{name}' must be a former field of Declaring"):
        type("Declaring", (Parcel1,), {"no_longer_stored": (name,)})


def test_no_entity_that_was_made_here_is_of_another_form():
    parcel = Parcel(id="p1", title="Tea", first="Ada", last="Lovelace", price="12.50")

    assert other_form(parcel) is None
    assert not is_older(parcel)
