"""The meter counts what requests consume, and over the wire the same as a server where the server is right."""

import json
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest
from ulid import ULID

from domain.kernel.errors import AlreadyExists
from domain.kernel.errors import Conflict
from domain.kernel.errors import TransactionFailed
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.errors import Refused
from infrastructure.kernel.dynamodb.schema import Index
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.listing_shards import shards_of
from tests.kernel.builders.crates import a_crate
from tests.kernel.infrastructure.dynamodb.metering import Consumed
from tests.kernel.infrastructure.dynamodb.metering import an_item
from tests.kernel.infrastructure.dynamodb.metering import key
from tests.kernel.infrastructure.dynamodb.metering import metered

NOTHING_THERE: dict[str, Any] = {
    "ConditionExpression": "attribute_not_exists(#pk)",
    "ExpressionAttributeNames": {"#pk": "pk"},
}


@pytest.fixture
def consumed(table: Table) -> Iterator[Consumed]:
    """What a call of the service consumes."""
    transport = table.transport
    yield metered(table)
    table.transport = transport


def test_an_addition_a_save_and_a_removal_count_with_their_index(crates, consumed):
    crate = a_crate(name="Tea")

    assert consumed(lambda: crates.add(crate)) == Units(write=2)
    assert consumed(lambda: crates.save(crate.at_version(1))) == Units(write=1)
    assert consumed(lambda: crates.save(crate.at_version(2).rename("Coffee"))) == Units(write=3)
    assert consumed(lambda: crates.remove(crate.at_version(3))) == Units(write=2)
    assert consumed(lambda: crates.put_many([crate, a_crate()])) == Units(write=4)
    assert consumed(lambda: crates.remove_many([crate.id])) == Units(write=2)


def test_reads_count_by_their_consistency_and_what_is_missing_counts_too(crates, consumed, table):
    ids = [crates.add(a_crate()).id for _ in range(2)]
    consistently = {table.name: {"Keys": [key("nobody"), key("a")], "ConsistentRead": True}}

    assert consumed(lambda: crates.get(ids[0])) == Units(read=0.5)
    assert consumed(lambda: crates.get(ids[0], consistent=True)) == Units(read=1)
    assert consumed(lambda: crates.get_many([*ids, "nobody"])) == Units(read=1.5)
    assert consumed(lambda: table.call("BatchGetItem", RequestItems=consistently)) == Units(read=2)


def test_a_page_counts_its_query_as_one_and_every_entity_by_itself(crates, consumed, container):
    for _ in range(10):
        crates.add(a_crate())
    queries = 0.5 * shards_of(container.settings().dynamodb_listing_shards)[0]

    assert consumed(lambda: crates.page(NameContains("nothing of that kind"), limit=5)) == Units(read=queries)
    page = consumed(lambda: crates.page(Everything(), limit=5))
    assert 2.5 + queries <= page.read <= 2.5 + 2 * queries
    assert page.write == 0


def test_a_refused_write_counts_by_the_item_that_is_there(crates, consumed):
    crate = crates.add(a_crate())
    crates.save(crate)

    def save() -> None:
        with pytest.raises(Conflict):
            crates.save(crate)

    def add() -> None:
        with pytest.raises(AlreadyExists):
            crates.add(crate.at_version(0))

    assert consumed(save) == Units(write=1)
    assert consumed(add) == Units(write=1)


@pytest.mark.parametrize(("old", "new", "units"), [(3000, 10, 3), (10, 3000, 3), (10, 10, 1)])
def test_a_refused_put_counts_by_the_larger_of_both_items(table, consumed, old, new, units):
    id = str(ULID())
    table.call("PutItem", TableName=table.name, Item=an_item(id, old))

    def put() -> None:
        with pytest.raises(Refused):
            table.call("PutItem", TableName=table.name, Item=an_item(id, new), **NOTHING_THERE)

    assert consumed(put) == Units(write=units)


def test_a_transaction_writes_everything_twice_whether_or_not_it_succeeds(crates, consumed, container):
    stored = crates.add(a_crate())

    def commit(expected: int) -> None:
        with container.unit_of_work() as work:
            work.of(type(stored)).add(a_crate())
            work.of(type(stored)).check(stored.at_version(expected))
            work.commit()

    def fail() -> None:
        with pytest.raises(TransactionFailed):
            commit(2)

    assert consumed(lambda: commit(1)) == Units(write=2 * (2 + 1))
    assert consumed(fail) == Units(write=2 * (1 + 1))


def test_a_refused_put_in_a_transaction_counts_by_the_larger_of_both_items(table, consumed):
    table.call("PutItem", TableName=table.name, Item=an_item("a"))
    put = {"TableName": table.name, "Item": an_item("a", 3000), **NOTHING_THERE}

    def refused() -> None:
        with pytest.raises(Refused):
            table.call("TransactWriteItems", TransactItems=[{"Put": put}])

    assert consumed(refused) == Units(write=2 * 3)


def test_items_that_are_read_in_a_transaction_count_twice_each(table, consumed):
    table.call("PutItem", TableName=table.name, Item=an_item("large", 5000))
    places = [{"Get": {"TableName": table.name, "Key": key(id)}} for id in ("large", "nobody")]

    assert consumed(lambda: table.call("TransactGetItems", TransactItems=places)) == Units(read=4 + 2)


def test_what_is_filtered_or_projected_away_counts_as_well(table, consumed):
    for id in ("a", "b", "c"):
        table.call("PutItem", TableName=table.name, Item=an_item(id, 3000, colour="red" if id == "a" else "blue"))
    narrow = {
        "TableName": table.name,
        "ProjectionExpression": "#sk",
        "FilterExpression": "#colour = :red",
        "ExpressionAttributeNames": {"#sk": "sk", "#colour": "colour"},
        "ExpressionAttributeValues": {":red": {"S": "red"}},
    }
    of_one = {
        **narrow,
        "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {**narrow["ExpressionAttributeNames"], "#pk": "pk"},
        "ExpressionAttributeValues": {**narrow["ExpressionAttributeValues"], ":pk": {"S": "NOTE#b"}},
    }
    one = {"TableName": table.name, "Key": key("a"), "ProjectionExpression": "sk"}
    count = json.dumps({"TableName": table.name, "Select": "COUNT", "ConsistentRead": True}).encode()

    assert consumed(lambda: table.call("Scan", **narrow)) == Units(read=1.5)
    assert consumed(lambda: table.transport.send("Scan", count)) == Units(read=3)
    assert consumed(lambda: table.call("Query", **of_one)) == Units(read=0.5)
    assert consumed(lambda: table.call("Query", ConsistentRead=True, **of_one)) == Units(read=1)
    assert consumed(lambda: table.call("GetItem", **one)) == Units(read=0.5)


def test_every_index_of_a_table_counts_by_what_it_projects(fresh):
    create(fresh, [Index("whole", "colour", "shape", projection="ALL"), Index("keys", "tint", "form")])
    consumed = metered(fresh)

    def put(length: int, colour: str, shape: str = "") -> Units:
        shapes = {"shape": shape, "form": shape} if shape else {}
        item = an_item("a", length, colour=colour, tint=colour, **shapes)
        return consumed(lambda: fresh.call("PutItem", TableName=fresh.name, Item=item))

    assert put(1500, "red") == Units(write=2)
    assert put(1500, "red", "round") == Units(write=2 + 2 + 1)
    assert put(1501, "red", "round") == Units(write=2 + 2 + 0)
    assert put(1501, "red", "flat") == Units(write=2 + 2 * 2 + 2)
    assert put(10, "red") == Units(write=2 + 2 + 1)


@pytest.mark.usefixtures("wired")  # moto counts otherwise than DynamoDB
def test_the_server_counts_the_same_where_it_is_right(crates, consumed, table):
    told: list[float] = []
    table.report = lambda _, answer: told.append(units_told(answer))
    crate, id = a_crate(), str(ULID())
    puts = [{"Put": {"TableName": table.name, "Item": an_item(id, 3000)}}]
    calls: list[Callable[[], object]] = [
        lambda: crates.add(crate),
        lambda: crates.get(crate.id),
        lambda: crates.get(crate.id, consistent=True),
        lambda: crates.save(crate.at_version(1)),
        lambda: crates.save(crate.at_version(2).rename("Other")),
        lambda: crates.put_many([a_crate(), a_crate()]),
        lambda: crates.remove(crate.at_version(3)),
        lambda: crates.remove_many([crate.id]),
        lambda: table.call("PutItem", TableName=table.name, Item=an_item(id, 3000)),
        lambda: table.call("PutItem", TableName=table.name, Item=an_item(id, 10)),
        lambda: table.call("DeleteItem", TableName=table.name, Key=key(id)),
        lambda: table.call("TransactWriteItems", TransactItems=puts),
    ]
    for number, call in enumerate(calls):
        told.clear()
        units = consumed(call)
        assert sum(units) == sum(told), number
    table.report = None


def units_told(answer: Any) -> float:
    """The units that a server tells of."""
    consumed = answer["ConsumedCapacity"]
    return sum(each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed]))
