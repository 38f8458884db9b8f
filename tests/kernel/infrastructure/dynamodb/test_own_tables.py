"""Specimens have a table of their own here: where things are, units of work over both tables, and what operators do."""

import json
from datetime import UTC
from datetime import datetime
from threading import Event

import pytest

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import TransactionFailed
from domain.kernel.errors import Unavailable
from domain.kernel.events import HandledEvent
from domain.kernel.repository import Everything
from infrastructure.kernel.dynamodb.administration import create
from infrastructure.kernel.dynamodb.schema import LIFE
from infrastructure.kernel.dynamodb.schema import WRITE
from infrastructure.kernel.dynamodb.table import Table
from infrastructure.kernel.store import Segment
from tests.kernel.adapters import DynamoDBAdapter
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.contracts.base import walk
from tests.kernel.infrastructure.dynamodb.network import answering
from tests.kernel.infrastructure.dynamodb.network import failed
from tests.kernel.infrastructure.dynamodb.network import lose_the_answer
from tests.kernel.infrastructure.dynamodb.network import lose_the_request
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen
from tests.kernel.service.repositories import DynamoDBSpecimenRepository
from tests.kernel.service.settings import Settings

WHOLE = Segment(0, 1)
NO_ANSWER = pytest.mark.parametrize(
    "fault", [lose_the_answer, lose_the_request, failed], ids=lambda fault: fault.__name__
)


@pytest.fixture
def container(adapter):
    assert isinstance(adapter, DynamoDBAdapter)
    with adapter.container(Container, Settings, apart=["Specimen"]) as container:
        yield container


@pytest.fixture
def own(persistence) -> Table:
    """The table of the specimens."""
    _, own = persistence.tables
    return own


@pytest.fixture
def keys(raw):
    """The partition keys of all items in a table."""

    def keys(table: Table) -> list[str]:
        return [item["pk"]["S"] for item in raw.scan(TableName=table.name, ConsistentRead=True)["Items"]]

    return keys


def change_both(persistence, crate: Crate, specimen: Specimen) -> None:
    """Saves a crate and adds a specimen in one unit of work."""
    with persistence.unit_of_work() as work:
        work.of(Crate).save(renamed(crate))
        work.of(Specimen).add(specimen)
        work.commit()


# Where things are


def test_an_aggregate_is_in_its_own_table_and_everything_else_in_the_other_one(persistence, table, own, keys):
    crate, specimen = persistence.crates.add(a_crate()), persistence.specimens.add(a_specimen())
    persistence.store.put(HandledEvent, [HandledEvent(id="handled", until=datetime(2099, 1, 1, tzinfo=UTC))])

    assert sorted(keys(table)) == [f"CRATE#{crate.id}", "_HANDLED#handled"]
    assert keys(own) == [f"SPECIMEN#{specimen.id}"]


def test_every_call_about_it_goes_to_its_table(persistence, own, keys):
    specimens, new = persistence.specimens, [a_specimen(f"Stone {number:02}") for number in range(30)]
    specimens.put_many(new)

    ids = [each.id for each in new]
    assert [each.id for each in specimens.get_many(ids)] == ids
    assert [each.id for each in walk(specimens, Everything(), limit=7)] == ids
    assert len(keys(own)) == 30
    specimens.remove_many(ids[1:])
    stored = specimens.get(ids[0], consistent=True)
    specimens.remove(specimens.save(stored))
    assert list(walk(specimens, Everything(), limit=7)) == []


class Counting(DynamoDBSpecimenRepository):
    """A repository with a query of its owner's."""

    def count(self) -> int:
        return len(self._table.call("Scan", TableName=self._table.name)["Items"])


def test_a_query_of_the_owners_goes_to_its_table(persistence, crates):
    crates.put_many([a_crate(), a_crate()])
    counting = Counting(persistence.store)
    counting.add(a_specimen())

    assert counting.count() == 1


def test_all_tables_have_one_transport(persistence, own, table):
    assert own.transport is table.transport


def test_one_limit_holds_for_all_tables(persistence, own, table):
    persistence.limit(1_000_000, Event())

    assert own.report is not None
    assert own.report is table.report


# Units of work


@NO_ANSWER
def test_a_unit_of_work_over_two_tables_is_one_transaction_and_is_made_once(
    remote, network, crates, specimens, published, fault
):
    # Not an addition: ministack writes numbers of a specimen anew, and then takes the repeat for another request.
    crate, specimen = crates.add(a_crate()), specimens.add(a_specimen())
    events = [an_event(crate), an_event(specimen)]
    network.will(fault)

    with remote.unit_of_work() as work:
        work.of(Crate).save(renamed(crate), events[0])
        work.of(Specimen).remove(specimen, events[1])
        work.commit()

    assert network.operations() == ["TransactWriteItems"] * 2
    assert network.sent[0] == network.sent[1]
    actions = network.sent[0].parameters["TransactItems"]
    assert [action[name]["TableName"] for action in actions for name in action] == [each.name for each in remote.tables]
    assert crates.get(crate.id) == renamed(crate).at_version(2)
    assert specimens.get_many([specimen.id]) == []
    assert sorted(published(), key=id_of) == sorted(events, key=id_of)


def id_of(event):
    return event.event_id


def test_a_conflict_in_one_table_changes_nothing_in_the_other_one(persistence, crates, specimens):
    crate, specimen = crates.add(a_crate()), specimens.add(a_specimen())
    specimens.save(specimen)

    with pytest.raises(TransactionFailed) as refused, persistence.unit_of_work() as work:
        work.of(Crate).save(renamed(crate))
        work.of(Specimen).save(specimen)
        work.commit()

    [failure] = refused.value.failures
    assert (failure.kind, failure.id) == ("Specimen", specimen.id)
    assert isinstance(failure.error, Conflict)
    assert crates.get(crate.id) == crate


def test_an_addition_takes_the_place_of_a_tombstone_in_its_table(persistence, crates, specimens):
    crate, specimen = crates.add(a_crate()), a_specimen()
    specimens.remove(specimens.add(specimen))

    change_both(persistence, crate, specimen)

    assert crates.get(crate.id) == renamed(crate).at_version(2)
    assert specimens.get(specimen.id) == specimen.at_version(3)


def test_a_unit_of_work_that_was_overtaken_in_the_other_table_may_have_been_made(remote, network, crates):
    crate, specimen = crates.add(a_crate()), a_specimen().at_version(1)
    work = remote.unit_of_work()
    work.of(Crate).save(crate)
    work.of(Specimen).save(specimen)
    old = {"pk": {"S": f"SPECIMEN#{specimen.id}"}, "version": {"N": "3"}, WRITE: {"S": "ANOTHER"}, LIFE: {"S": "?"}}
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": old}]
    network.will(lose_the_request, answering(400, "TransactionCanceledException", CancellationReasons=reasons))

    with pytest.raises(Unavailable) as unknown:
        work.commit()

    assert unknown.value.maybe_applied


def test_a_missing_table_is_named(remote, network, own, table):
    network.always(answering(400, "ResourceNotFoundException"))

    with pytest.raises(Misconfigured, match=f"there is no table {own.name}, or"):
        remote.specimens.add(a_specimen())
    with pytest.raises(Misconfigured, match=f"there is no table {own.name}, or"):
        remote.specimens.get_many(["a", "b"])
    with pytest.raises(Misconfigured, match=f"there is no table {table.name}, or"):
        remote.crates.get("a")
    with pytest.raises(Misconfigured, match=f"there is no table {table.name} or {own.name}, or"):
        change_both(remote, a_crate().at_version(1), a_specimen())


# Making and checking


def test_each_table_has_only_the_indexes_that_its_aggregates_need(connect, fresh, raw):
    tables = {"dynamodb_table": fresh.name, "dynamodb_tables": f"Crate={fresh.name}-c", "dynamodb_create_table": True}
    both = connect(**tables, dynamodb_listing_shards="1")

    try:
        indexes = {
            table.name: [each["IndexName"] for each in both.describe_table(table.name)["GlobalSecondaryIndexes"]]
            for table in both.tables
        }
        both.check()
        assert indexes[f"{fresh.name}-c"] == ["listing"]
        assert sorted(indexes[fresh.name]) == [index.name for index in both.indexes]
        assert len(both.indexes) > 1
    finally:
        raw.delete_table(TableName=f"{fresh.name}-c")


def test_a_table_that_is_missing_makes_the_service_unready(connect, fresh):
    create(fresh, [])
    divided = connect(dynamodb_table=fresh.name, dynamodb_tables=f"Crate={fresh.name}-c,Specimen={fresh.name}-c")

    with pytest.raises(Misconfigured, match=f"there is no table {fresh.name}-c"):
        divided.check()


@pytest.mark.parametrize("kind", ["Crates", "crate", "HandledEvent", "Checkpoint"])
def test_a_table_of_no_aggregate_is_refused_at_the_start(connect, kind):
    with pytest.raises(Misconfigured) as refused:
        connect(dynamodb_tables=f"{kind}=somewhere")

    assert str(refused.value) == (
        f"TINY_SERVICE_DYNAMODB_TABLES: there is no aggregate {kind}; there are Crate, Specimen"
    )


def test_the_place_tells_which_aggregates_are_where(persistence, table, own):
    assert persistence.place.startswith(f"table {table.name} (Specimen in {own.name}) in ")


# Going through everything


@pytest.fixture
def few_at_once(monkeypatch):
    monkeypatch.setattr("infrastructure.kernel.dynamodb.scanning.MAX_SCANNED", 2)


def gone_through(persistence, kinds, segment=WHOLE, after=None):
    """All stretches, each begun by a process that knows nothing but where the one before ended."""
    stretches = [persistence.store.stretch(kinds, segment, after)]
    while stretches[-1].after is not None:
        stretches.append(persistence.store.stretch(kinds, segment, stretches[-1].after))
    return stretches


@pytest.mark.usefixtures("few_at_once")
def test_every_entity_of_all_tables_is_seen_once_in_stretches(persistence, crates, specimens):
    for _ in range(3):
        crates.add(a_crate())
        specimens.add(a_specimen())
    stored = {*crates.page(Everything(), limit=9).items, *specimens.page(Everything(), limit=9).items}

    for kinds in ([Crate, Specimen], [Specimen, Crate]):
        stretches = gone_through(persistence, kinds)
        assert sorted(each.id for stretch in stretches for each in stretch.entities) == sorted(e.id for e in stored)
        assert sum(stretch.seen for stretch in stretches) == 6
    thirds = [stretch for n in range(3) for stretch in gone_through(persistence, [Crate, Specimen], Segment(n, 3))]
    assert sorted(each.id for stretch in thirds for each in stretch.entities) == sorted(each.id for each in stored)


def test_only_the_tables_of_the_kinds_are_read(remote, network):
    gone_through(remote, [Specimen])
    gone_through(remote, [Crate])

    main, own = remote.tables
    assert [sent.parameters["TableName"] for sent in network.sent] == [own.name, main.name]


def test_what_is_left_of_an_aggregate_in_the_other_table_is_not_seen(persistence, table, raw):
    left = {"pk": {"S": "SPECIMEN#left"}, "sk": {"S": "#"}, "version": {"N": "1"}, "name": {"S": "Left"}}
    raw.put_item(TableName=table.name, Item=left)

    stretches = gone_through(persistence, [Crate, Specimen])

    assert [stretch.entities for stretch in stretches] == [[], []]
    assert persistence.specimens.get_many(["left"]) == []


@pytest.mark.usefixtures("few_at_once")
def test_what_was_begun_before_a_table_was_added_goes_on(persistence, crates, specimens):
    crates.put_many(a_crate() for _ in range(3))
    specimens.add(a_specimen())
    first = persistence.store.stretch([Crate], WHOLE, None)
    assert set(json.loads(first.after)) == {"pk", "sk"}

    rest = gone_through(persistence, [Crate, Specimen], after=first.after)

    assert sum(len(stretch.entities) for stretch in (first, *rest)) == 4


@pytest.mark.parametrize(
    "after",
    ['{"table": "nowhere", "key": null}', '{"table": 7, "key": null}', '{"table": []}', '{"table": {}, "key": null}'],
)
def test_a_place_in_no_table_is_refused(persistence, after):
    with pytest.raises(InvalidArgument, match="after: is no place in what is stored"):
        persistence.store.stretch([Crate, Specimen], WHOLE, after)


def test_listings_get_other_shards_in_all_tables(connect):
    older, both, newer = (connect(dynamodb_listing_shards=shards) for shards in ("1", "1,4", "4"))
    stored = [{older.crates.add(a_crate()) for _ in range(9)}, {older.specimens.add(a_specimen()) for _ in range(9)}]
    after, given = None, 0

    while (done := both.reshard(WHOLE, after, Event())).after is not None:
        after, given = done.after, given + done.given

    assert given + done.given == 18
    assert [set(walk(each, Everything(), limit=5)) for each in (newer.crates, newer.specimens)] == stored


def test_the_records_of_all_tables_are_counted_or_those_of_some_kinds(persistence, crates, specimens):
    crates.put_many(a_crate() for _ in range(2))
    specimens.put_many(a_specimen() for _ in range(3))

    assert persistence.records() == 5
    assert (persistence.records([Crate]), persistence.records([Specimen])) == (2, 3)
