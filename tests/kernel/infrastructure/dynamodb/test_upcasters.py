"""Items that older releases have stored, and releases that run side by side."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from domain.kernel.entity import Entity
from domain.kernel.entity import is_older
from domain.kernel.errors import Unreadable
from domain.kernel.repository import Everything
from domain.kernel.repository import Repository
from infrastructure.kernel.dynamodb.listing import Listed
from infrastructure.kernel.dynamodb.mapper import Mapper
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.unit_of_work import StoredUnitOfWork
from tests.kernel.service.parcels import Parcel
from tests.kernel.service.parcels import Parcel0
from tests.kernel.service.parcels import Parcel1
from tests.kernel.service.parcels import Parcel2

RELEASES: tuple[type[Any], ...] = (Parcel0, Parcel1, Parcel2, Parcel)
TEA = Parcel(id="tea", title="Tea", first="Ada King", last="Lovelace", price="12.50", weight=Decimal("0.125"))
OLD: tuple[Entity, ...] = (
    Parcel0(id="tea", name="Tea", sender="Ada King Lovelace", cents=1250, weight=125),
    Parcel1(id="tea", title="Tea", sender="Ada King Lovelace", cents=1250, weight=125),
    Parcel2(id="tea", title="Tea", first="Ada King", last="Lovelace", cents=1250, weight=125),
)
"""The same parcel, as each of the older releases stores it."""
older = pytest.mark.parametrize("old", OLD, ids=lambda old: type(old).__name__)


@pytest.fixture
def release(connect):
    """Makes the repository of a release, in a process of its own."""

    def release(kind: type[Any]) -> Repository[Any]:
        named = type("ParcelRepository", (DynamoDBRepository,), {"kind": kind, "type_name": "PARCEL"})
        persistence = connect()
        repository: Repository[Any] = named(persistence.store)
        persistence.create_table(persistence.table.name)
        return repository

    return release


@pytest.fixture
def parcels(release):
    return release(Parcel)


@pytest.fixture
def item(raw, table):
    def item(id: str) -> Any:
        key = {"pk": {"S": f"PARCEL#{id}"}, "sk": {"S": "#"}}
        return raw.get_item(TableName=table.name, Key=key, ConsistentRead=True)["Item"]

    return item


@older
def test_what_an_older_release_has_stored_is_read_as_if_this_one_had(release, parcels, old):
    release(type(old)).add(old)
    stored = TEA.at_version(1)

    assert parcels.get("tea") == stored
    assert parcels.get_many(["tea"]) == [stored]
    assert parcels.page(Everything(), limit=10).items == (stored,)
    assert StoredUnitOfWork(parcels._store).of(Parcel).get("tea") == stored


@older
def test_it_stays_in_every_listing_where_the_older_release_has_put_it(release, parcels, old):
    release(type(old)).add(old)

    assert parcels.page(Parcel.by_price(), limit=10).items == (TEA.at_version(1),)
    assert parcels.page(Everything(), limit=10).items == (TEA.at_version(1),)


@pytest.mark.parametrize("attribute", ["sort", "partition"])
def test_where_an_index_that_lags_behind_still_has_it_it_is_not_listed(
    release, parcels, raw, table, index, attribute, monkeypatch
):
    release(Parcel0).add(OLD[0])
    monkeypatch.setattr("infrastructure.kernel.dynamodb.store.positions", lambda *_, **__: Listed(["tea\0tea"], None))
    listed = parcels.page(Everything(), limit=10).items

    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": "PARCEL#tea"}, "sk": {"S": "#"}},
        UpdateExpression="SET #attribute = :moved",
        ExpressionAttributeNames={"#attribute": getattr(index, attribute)},
        ExpressionAttributeValues={":moved": {"S": "elsewhere\0tea"}},
    )

    assert listed == (TEA.at_version(1),)
    assert parcels.page(Everything(), limit=10).items == ()


@older
def test_a_save_stores_it_in_the_version_of_this_release(release, parcels, item, old):
    release(type(old)).add(old)
    read = parcels.get("tea", consistent=True)

    saved = parcels.save(read)

    assert is_older(read)
    assert not is_older(saved)
    assert not is_older(parcels.get("tea", consistent=True))
    assert saved == parcels.get("tea", consistent=True) == TEA.at_version(2)
    assert item("tea")["_write"]["S"].endswith("#3")
    assert Decimal(item("tea")["price"]["N"]) == Decimal("12.5")
    assert parcels.page(Everything(), limit=10).items == (saved,)


def test_a_kind_without_upcasters_says_nothing_of_versions(release, item):
    release(Parcel0).add(OLD[0])

    assert "#" not in item("tea")["_write"]["S"]


def test_every_way_of_writing_says_in_which_version(parcels, item):
    added = parcels.add(TEA)
    writes = [item("tea")["_write"]["S"]]
    with StoredUnitOfWork(parcels._store) as work:
        work.of(Parcel).save(added)
        work.commit()
    writes.append(item("tea")["_write"]["S"])
    parcels.remove(parcels.get("tea", consistent=True))
    parcels.add(TEA)  # in place of the tombstone
    writes.append(item("tea")["_write"]["S"])
    parcels.put_many([TEA])
    writes.append(item("tea")["_write"]["S"])

    assert [write.partition("#")[2] for write in writes] == ["3", "3", "3", "3"]
    assert len(set(writes)) == 4


@pytest.mark.parametrize("release_before", range(3))
def test_the_release_before_lists_what_this_one_stores_where_this_one_has_put_it(release, release_before):
    before, after = RELEASES[release_before : release_before + 2]
    entity: Any = (*OLD, TEA)[release_before + 1].evolve(weight=None)

    release(after).add(entity)

    for query in (Everything(), before.by_price()):
        assert [each.id for each in release(before).page(query, limit=10).items] == ["tea"]


@pytest.mark.parametrize("release_before", range(3))
def test_the_release_before_reads_what_this_one_stores(release, release_before):
    before, after = RELEASES[release_before : release_before + 2]
    entity: Any = (*OLD, TEA)[release_before + 1].evolve(weight=None)  # its type changed, so no release knows both

    release(after).add(entity)

    assert release(before).get("tea") == OLD[release_before].evolve(weight=None).at_version(1)


@pytest.mark.parametrize("old", range(3))
@given(writers=st.lists(st.booleans(), min_size=1, max_size=6))
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_two_releases_side_by_side_each_reads_what_the_other_saved_last(release, old, writers):
    before, after = release(RELEASES[old]), release(RELEASES[old + 1])
    start: Any = OLD[old].evolve(weight=None)
    before.put_many([start])

    for number, is_newer in enumerate(writers):
        repository = after if is_newer else before
        read = repository.get("tea", consistent=True)
        repository.save(changed(read, number))

        seen = {as_told(each.get("tea", consistent=True)) for each in (before, after)}

        assert seen == {(f"Tea {number}", f"Ada {number} Lovelace", 1000 + number)}


def changed(parcel: Any, number: int) -> Any:
    """The parcel with every field changed, whatever release it is of."""
    changes: dict[str, Any] = {
        "name": f"Tea {number}",
        "title": f"Tea {number}",
        "sender": f"Ada {number} Lovelace",
        "first": f"Ada {number}",
        "last": "Lovelace",
        "cents": 1000 + number,
        "price": Decimal(1000 + number) / 100,
    }
    return parcel.evolve(**{name: value for name, value in changes.items() if name in type(parcel).model_fields})


def as_told(parcel: Any) -> tuple[str, str, int]:
    """Title, sender and cents, whatever release it is of."""
    sender = parcel.sender if hasattr(parcel, "sender") else f"{parcel.first} {parcel.last}"
    return getattr(parcel, "title", None) or parcel.name, sender, parcel.cents


def test_a_newer_release_without_the_fields_of_this_one_makes_its_item_unreadable_here(release):
    release(Parcel2).put_many([OLD[2]])

    with pytest.raises(Unreadable, match="Parcel0 tea cannot be read: name breaks a rule"):
        release(Parcel0).get("tea")


def test_fields_that_are_no_longer_stored_are_removed_by_every_save(release, item):
    kind: Any = type("Parcel", (Parcel,), {"also_stored": (), "no_longer_stored": ("name", "sender", "cents", "größe")})
    release(Parcel0).add(OLD[0])
    parcels = release(kind)

    saved = parcels.save(parcels.get("tea", consistent=True))
    after = item("tea")
    again = parcels.save(saved)

    assert not {"name", "sender", "cents"} & after.keys()
    assert {"title", "first", "last", "price"} <= after.keys()
    assert parcels.get("tea", consistent=True) == again


def test_an_item_that_no_upcaster_can_read_is_told_and_harms_no_other(release, parcels, raw, table):
    release(Parcel0).put_many([OLD[0], OLD[0].evolve(id="coffee")])
    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": "PARCEL#coffee"}, "sk": {"S": "#"}},
        UpdateExpression="SET cents = :none",
        ExpressionAttributeValues={":none": {"S": "secret"}},
    )

    page = parcels.page(Everything(), limit=10)

    assert (page.items, page.unreadable) == ((TEA.at_version(1),), ("coffee",))
    with pytest.raises(Unreadable) as told:
        parcels.get("coffee")
    assert str(told.value) == "Parcel coffee cannot be read: schema version 2 breaks a rule of this release"
    assert told.value.rule.startswith("schema version 2: its upcaster raises InvalidOperation")


@pytest.mark.parametrize("name", ["pk", "sk"])
def test_a_key_of_the_table_cannot_be_stored_beside_the_fields(name):
    kind: Any = type("Kind", (Entity,), {name: property(lambda _: ""), "also_stored": (name,)})

    with pytest.raises(TypeError, match=f"Kind.{name}: the table's own keys are called so"):
        Mapper(kind, "KIND", (1,))
