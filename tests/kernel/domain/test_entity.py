"""Entities: an identity, a version, and a time when they expire."""

from copy import copy
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import Any
from typing import Optional

import pytest

from domain.kernel.entity import MAX_VERSION
from domain.kernel.entity import Entity
from domain.kernel.entity import can_expire
from domain.kernel.entity import expiry
from domain.kernel.entity import in_life
from domain.kernel.entity import life_of
from domain.kernel.errors import InvalidArgument
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen

NOW = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


def test_a_new_entity_was_never_stored():
    assert a_specimen().version == 0


@pytest.mark.parametrize("version", [-1, 2**63, 10**38, "x", None, 1.5])
def test_a_version_that_counts_nothing_is_refused(version):
    with pytest.raises(InvalidArgument, match="version"):
        a_specimen(version=version)


def test_a_version_has_63_bits():
    assert a_specimen(version=2**63 - 1).version == MAX_VERSION == 2**63 - 1


@pytest.mark.parametrize("version", [-1, 2**63])
def test_nothing_is_stored_at_a_version_that_no_entity_can_have(version):
    with pytest.raises(InvalidArgument, match="version: must be 0 to 9223372036854775807"):
        a_specimen().at_version(version)


def test_behaviour_does_not_touch_the_version():
    stored = a_specimen().at_version(7)

    assert stored.evolve(name="Beryl").version == 7


def test_an_entity_at_another_version_is_the_same_otherwise():
    specimen = a_specimen(words=("a",))

    assert specimen.at_version(3) == specimen.evolve(version=3)
    assert specimen.version == 0


# Its life


def test_nobody_sees_which_life_an_entity_is_a_copy_of():
    specimen = a_specimen(words=("a",))
    stored = in_life(copy(specimen), "first")

    assert life_of(specimen) is None
    assert life_of(stored) == "first"
    assert (stored, hash(stored), repr(stored)) == (specimen, hash(specimen), repr(specimen))
    assert dict(stored) == dict(specimen)
    assert stored.model_dump_json() == specimen.model_dump_json()
    assert "life" not in repr(Specimen.model_json_schema())


def test_behaviour_keeps_the_life():
    stored = in_life(a_specimen().at_version(1), "first")

    changed = (stored.evolve(name="Beryl"), stored.at_version(2), copy(stored), stored.model_copy())

    assert {life_of(each) for each in changed} == {"first"}


def test_an_entity_made_of_the_fields_of_another_is_a_copy_of_no_life_that_is_known():
    stored = in_life(a_specimen().at_version(1), "first")

    assert life_of(Specimen.model_validate(dict(stored))) is None


# Expiring


class Lease(Entity):
    expires_at: datetime | None = None


class Loan(Entity):
    since: datetime

    @property
    def expires_at(self) -> datetime:
        return self.since.replace(year=self.since.year + 1)


def test_an_entity_expires_when_its_field_or_property_says():
    assert expiry(Lease(id="a", expires_at=NOW)) == NOW
    assert expiry(Loan(id="a", since=NOW)) == NOW.replace(year=2027)
    assert can_expire(Lease)
    assert can_expire(make("expires_at", Optional[datetime]))  # noqa: UP045  # the point of it
    assert can_expire(Loan)


def test_an_entity_that_says_nothing_of_it_never_expires():
    assert expiry(Lease(id="a")) is None
    assert expiry(a_crate()) is None
    assert not can_expire(Crate)


@pytest.mark.parametrize("type_of_it", [str, date, int | None, tuple[datetime, ...]], ids=str)
def test_an_expiry_that_is_no_datetime_is_refused_when_the_class_is_made(type_of_it):
    with pytest.raises(TypeError, match=r"Made\.expires_at: must be `datetime` or"):
        make("expires_at", type_of_it)


@pytest.mark.parametrize("name", ["listed_as", "at_version", "evolve"])
def test_a_field_that_a_method_or_property_would_hide_is_refused_when_the_class_is_made(name):
    with pytest.raises(TypeError, match=rf"Made\.{name}: \w+ has a method or property of this name"):
        make(name, str)


def make(field: str, type_of_it: Any) -> type[Entity]:
    """A kind of entity with that field."""
    return type("Made", (Entity,), {"__annotations__": {field: type_of_it}})
