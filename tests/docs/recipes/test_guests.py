"""Guests that older releases have stored, and the event that older releases have published."""

import pytest

from domain.kernel.entity import Entity
from domain.kernel.events import EventFactory
from domain.kernel.repository import Everything
from domain.kernel.text import Name
from infrastructure.container import Container
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.events.cloud_events import cloud_event
from infrastructure.kernel.events.cloud_events import event_of
from tests.docs.recipes.guests import Guest
from tests.docs.recipes.guests import GuestCame
from tests.docs.recipes.guests import split_name
from tests.docs.recipes.members import DYNAMODB
from tests.docs.recipes.members import on_dynamodb


class FirstGuest(Entity):
    """A guest, as the first release knew it."""

    name: Name
    cents: int

    @property
    def listed_as(self) -> str:
        return self.name


class SecondGuest(Entity):
    """A guest, as the release before knows it."""

    first: str
    last: Name
    cents: int

    upcasters = {0: split_name}  # noqa: RUF012  # type checkers know it from the base

    @property
    def listed_as(self) -> str:
        return self.last


STORED = (
    FirstGuest(id="g1", name="Ada King Lovelace", cents=1250),
    SecondGuest(id="g1", first="Ada King", last="Lovelace", cents=1250),
)
GUEST = Guest(id="g1", first="Ada King", last="Lovelace", fee="12.50")


@pytest.fixture
def store(container: Container) -> DynamoDBStore:
    return on_dynamodb(container).store


def kept(kind: type[Entity], store: DynamoDBStore) -> DynamoDBRepository[Entity]:
    repository: DynamoDBRepository[Entity] = type(
        "GuestRepository", (DynamoDBRepository,), {"kind": kind, "type_name": "GUEST"}
    )(store)
    return repository


on_dynamodb_only = pytest.mark.parametrize("adapter", DYNAMODB, ids=lambda adapter: adapter.name, indirect=True)


@on_dynamodb_only
@pytest.mark.parametrize("version", range(2))
def test_a_guest_of_an_older_release_is_read_and_listed(store, version):
    kept(type(STORED[version]), store).add(STORED[version])
    guests = kept(Guest, store)

    assert guests.get("g1") == GUEST.at_version(1)
    assert guests.page(Everything(), limit=10).items == (GUEST.at_version(1),)


@on_dynamodb_only
def test_the_release_before_and_this_one_save_the_same_guest_in_turns(store):
    before, now = kept(SecondGuest, store), kept(Guest, store)

    now.add(GUEST)
    before.save(before.get("g1", consistent=True).evolve(cents=2000))
    now.save(now.get("g1", consistent=True).evolve(last="Byron"))

    assert before.get("g1", consistent=True) == STORED[1].evolve(cents=2000, last="Byron").at_version(3)
    assert now.get("g1", consistent=True) == GUEST.evolve(fee="20.00", last="Byron").at_version(3)


def test_consumers_elsewhere_still_read_the_name_and_ours_read_what_older_releases_have_published(container):
    came: GuestCame = EventFactory(lambda: "e1", container.now)(GuestCame, GUEST, first="Ada King", last="Lovelace")
    envelope = cloud_event(came, "club")

    older = {**envelope, "schemaversion": 0, "data": {"name": "Ada King Lovelace"}}

    assert envelope["data"] == {"first": "Ada King", "last": "Lovelace", "name": "Ada King Lovelace"}
    assert event_of(envelope, (GuestCame,)) == event_of(older, (GuestCame,)) == came
