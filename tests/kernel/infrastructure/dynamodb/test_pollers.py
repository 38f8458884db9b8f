"""The pollers of two tables: all events arrive, in the order of their aggregates, whatever is killed or fails."""

import pytest

from domain.kernel.events import Event
from infrastructure.kernel.dynamodb.streams.checkpoints import CHECKPOINT
from infrastructure.kernel.dynamodb.streams.checkpoints import checkpoint_of
from infrastructure.kernel.dynamodb.streams.poller import StreamPoller
from infrastructure.kernel.dynamodb.streams.pollers import create_pollers
from infrastructure.kernel.dynamodb.streams.pollers import run
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.dynamodb.relaying import MoodyBus
from tests.kernel.infrastructure.dynamodb.relaying import Relaying
from tests.kernel.infrastructure.dynamodb.relaying import Waits
from tests.kernel.infrastructure.dynamodb.relaying import happened
from tests.kernel.infrastructure.dynamodb.streams import refusal
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen


@pytest.fixture
def divided(connect, fresh, raw):
    """An adapter on two tables that no other test knows."""
    yield connect(dynamodb_table=fresh.name, dynamodb_tables=f"Specimen={fresh.name}-s", dynamodb_create_table=True)
    raw.delete_table(TableName=f"{fresh.name}-s")


@pytest.fixture
def bus():
    return MoodyBus()


@pytest.fixture
def begin(divided, container, bus):
    """Makes the pollers, as often as it is asked to: what follows a kill."""

    def begin():
        return create_pollers(container.settings(), divided.store, divided.tables, a_relay(bus), container.now)

    return begin


def write(persistence) -> dict[str, list[Event]]:
    """Writes a crate and a specimen, each alone and both together; the events of each."""
    crate, specimen = a_crate(), a_specimen()
    told = {"Crate": [an_event(crate)], "Specimen": [an_event(specimen)]}
    crate, specimen = (
        persistence.crates.add(crate, *told["Crate"]),
        persistence.specimens.add(specimen, *told["Specimen"]),
    )
    together = [an_event(crate), an_event(specimen)]
    with persistence.unit_of_work() as work:
        work.of(Crate).save(crate, together[0])
        work.of(Specimen).remove(specimen, together[1])
        work.commit()
    return {"Crate": [*told["Crate"], together[0]], "Specimen": [*told["Specimen"], together[1]]}


def id_of(event: Event) -> str:
    return event.event_id


def carried(pollers: list[StreamPoller]) -> None:
    for poller in pollers:
        while poller.poll():
            pass


def test_the_events_of_every_table_arrive_in_the_order_of_their_aggregates(divided, begin, bus):
    written = write(divided)

    carried(begin())

    assert sorted(bus.published, key=id_of) == sorted([*written["Crate"], *written["Specimen"]], key=id_of)
    for events in written.values():
        assert [event for event in bus.published if event in events] == events


def test_each_stream_is_gone_on_with_where_another_relay_was_killed(wired, divided, begin, bus):
    first = write(divided)
    carried(begin()[1:])  # killed before it came to the first table
    before = list(bus.published)
    second = write(divided)

    carried(begin())
    carried(begin())

    assert before == first["Specimen"]
    assert len(bus.published) == 8
    for kind in ("Crate", "Specimen"):
        assert [event for event in bus.published if event in first[kind] + second[kind]] == first[kind] + second[kind]


def test_all_checkpoints_are_in_the_one_table_and_those_of_others_have_other_ids(divided, begin, raw):
    write(divided)

    carried(begin())

    main, own = ([item["pk"]["S"] for item in raw.scan(TableName=table.name)["Items"]] for table in divided.tables)
    ids = {CHECKPOINT, checkpoint_of(divided.tables[1].name)}
    assert {key for key in main if key.startswith("_")} == {f"_CHECKPOINT#{id}" for id in ids}
    assert [key for key in own if key.startswith("_")] == []


def test_tables_on_which_nothing_happens_are_not_written_to(divided, begin, raw):
    pollers = begin()
    write(divided)
    carried(pollers)
    before = [raw.scan(TableName=table.name)["Items"] for table in divided.tables]

    outcomes = [[poller.poll() for poller in pollers] for _ in range(3)]

    # The first one reads once more, for the checkpoint of the other one is in its table.
    assert outcomes == [[True, False], [False, False], [False, False]]
    assert [raw.scan(TableName=table.name)["Items"] for table in divided.tables] == before


def test_a_stream_that_does_not_answer_holds_up_no_other():
    stuck, sound = Relaying("shard"), Relaying("shard")
    events = happened(3)
    sound.streams.tell("shard", *events)
    stuck.streams.failures = [refusal("ThrottlingException")] * 1000

    run([stuck.poller, sound.poller], Waits(3, lambda _: None))

    assert sound.published == events


def test_the_relay_of_the_command_carries_all_tables(divided, container, bus):
    written = write(divided)
    stop = Waits(2, lambda _: None)

    divided.carry(a_relay(bus), stop)

    assert sorted(bus.published, key=id_of) == sorted([*written["Crate"], *written["Specimen"]], key=id_of)
