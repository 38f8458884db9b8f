"""Items that DynamoDB may delete by itself: when, and who says so."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest

from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict
from domain.kernel.events import HandledEvent
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.service.domain import Crate

UNTIL = datetime(2126, 2, 3, 4, 5, 6, tzinfo=UTC)
"""In no test's past: what is over, a server may delete between two lines of a test."""
SECONDS = {"N": str(int(UNTIL.timestamp()))}
A_SECOND_LATER = {"N": str(int(UNTIL.timestamp()) + 1)}


class Lease(Entity):
    """Something that may end by itself."""

    expires_at: datetime | None = None


class DynamoDBLeaseRepository(DynamoDBRepository[Lease]):
    kind = Lease
    type_name = "LEASE"


@pytest.fixture
def leases(persistence):
    return DynamoDBLeaseRepository(persistence.store)


@pytest.fixture
def item(raw, table):
    def item(type_name, id):
        key = {"pk": {"S": f"{type_name}#{id}"}, "sk": {"S": "#"}}
        return raw.get_item(TableName=table.name, Key=key, ConsistentRead=True)["Item"]

    return item


def test_a_handled_event_is_remembered_until_dynamodb_deletes_it(container, item, index):
    handled = HandledEvent(id="greet-01JD", until=UNTIL)
    with container.unit_of_work() as work:
        work.of(HandledEvent).add(handled)
        work.commit()

    stored = item("_HANDLED", handled.id)

    assert stored["_ttl"] == SECONDS
    assert not {index.partition, index.sort} & stored.keys()
    with container.unit_of_work() as work:
        assert work.of(HandledEvent).get(handled.id) == handled.at_version(1)


@pytest.mark.parametrize("fraction", [timedelta(microseconds=1), timedelta(microseconds=999_999), timedelta(seconds=1)])
def test_nothing_is_deleted_a_moment_too_early(leases, item, fraction):
    lease = leases.add(Lease(id="one", expires_at=UNTIL + fraction))

    assert item("LEASE", "one")["_ttl"] == A_SECOND_LATER
    assert leases.get("one", consistent=True) == lease


def test_what_never_expires_has_no_date(leases, item):
    leases.add(Lease(id="one"))

    assert "_ttl" not in item("LEASE", "one")


@pytest.fixture(params=["alone", "in-a-unit-of-work", "in-bulk"])
def save(request, container, leases):
    """Saves a lease, in one of the ways there are."""

    def save(lease):
        if request.param == "alone":
            leases.save(lease)
        elif request.param == "in-bulk":
            leases.put_many([lease])
        else:
            work = container.unit_of_work()
            work.of(Lease).save(lease)
            work.commit()

    return save


def test_what_expires_no_longer_loses_its_date(leases, save, item):
    lease = leases.add(Lease(id="one", expires_at=UNTIL))

    save(lease.evolve(expires_at=None))

    assert "_ttl" not in item("LEASE", "one")
    assert leases.get("one", consistent=True).expires_at is None


def test_what_expires_later_has_another_date(leases, save, item):
    lease = leases.add(Lease(id="one", expires_at=UNTIL))

    save(lease.evolve(expires_at=UNTIL + timedelta(seconds=1)))

    assert item("LEASE", "one")["_ttl"] == A_SECOND_LATER


def test_what_expires_from_now_on_gets_a_date(leases, save, item):
    lease = leases.add(Lease(id="one"))

    save(lease.evolve(expires_at=UNTIL))

    assert item("LEASE", "one")["_ttl"] == SECONDS


@pytest.mark.parametrize("how", ["alone", "in-a-unit-of-work"])
def test_a_date_that_another_program_set_is_left_alone(container, crates, raw, table, item, how):
    crate = crates.add(a_crate())
    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": f"CRATE#{crate.id}"}, "sk": {"S": "#"}},
        UpdateExpression="SET #ttl = :ttl",
        ExpressionAttributeNames={"#ttl": "_ttl"},
        ExpressionAttributeValues={":ttl": SECONDS},
    )

    if how == "alone":
        crates.save(renamed(crate))
    else:
        work = container.unit_of_work()
        work.of(Crate).save(renamed(crate))
        work.commit()

    assert item("CRATE", crate.id)["_ttl"] == SECONDS
    assert item("CRATE", crate.id)["version"] == {"N": "2"}


def test_who_held_an_expired_lease_cannot_save_over_the_one_that_was_taken_since(leases, raw, table):
    expired = leases.add(Lease(id="a", expires_at=UNTIL))
    raw.delete_item(TableName=table.name, Key={"pk": {"S": "LEASE#a"}, "sk": {"S": "#"}})  # as DynamoDB does by itself
    taken = leases.add(Lease(id="a"))

    for call in (leases.save, leases.remove):
        with pytest.raises(Conflict, match="is at version 1, but was replaced since it was read"):
            call(expired.evolve(expires_at=None))

    assert leases.get("a", consistent=True) == taken
