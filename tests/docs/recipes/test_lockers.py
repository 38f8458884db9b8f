"""Lockers that were stored without the field that every new one needs."""

import pytest

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.text import Name
from tests.docs.recipes.lockers import Locker
from tests.docs.recipes.lockers import Size
from tests.docs.recipes.test_guests import kept
from tests.docs.recipes.test_guests import on_dynamodb_only
from tests.docs.recipes.test_guests import store

__all__ = ["store"]


class LockerBefore(Entity):
    """A locker, as the release before knows it."""

    name: Name

    @property
    def listed_as(self) -> str:
        return self.name


def test_a_new_locker_needs_a_size():
    with pytest.raises(InvalidArgument, match="size"):
        Locker.model_validate({"id": "l1", "name": "Nine"})


@on_dynamodb_only
def test_a_locker_of_the_release_before_has_the_size_that_the_upcaster_gives_it(store):
    kept(LockerBefore, store).add(LockerBefore(id="l1", name="Nine"))

    assert kept(Locker, store).get("l1") == Locker(id="l1", name="Nine", size=Size.SMALL, version=1)


@on_dynamodb_only
def test_a_size_is_kept_when_the_release_before_saves_the_locker(store):
    before, now = kept(LockerBefore, store), kept(Locker, store)
    now.add(Locker(id="l1", name="Nine", size=Size.LARGE))

    before.save(before.get("l1", consistent=True).evolve(name="Ten"))

    assert now.get("l1", consistent=True) == Locker(id="l1", name="Ten", size=Size.LARGE, version=2)
