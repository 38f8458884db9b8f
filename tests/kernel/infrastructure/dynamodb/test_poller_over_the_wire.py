"""The poller on a real stream, with its checkpoint in the table that it reads the stream of."""

from datetime import UTC
from datetime import datetime

import pytest

from domain.kernel.errors import NotFound
from domain.kernel.repository import Everything
from infrastructure.kernel.dynamodb.streams.checkpoints import CHECKPOINT
from infrastructure.kernel.dynamodb.streams.pollers import create_pollers
from infrastructure.kernel.events.dead_letters import InMemoryDeadLetters
from infrastructure.kernel.events.relay import AT_ONCE
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.ndjson import export_lines
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.crates import renamed
from tests.kernel.builders.events import an_event
from tests.kernel.infrastructure.dynamodb.relaying import MoodyBus
from tests.kernel.service.domain import Crate

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def own(connect, fresh):
    """An adapter on a table of its own."""
    return connect(dynamodb_table=fresh.name, dynamodb_create_table=True)


@pytest.fixture
def bus():
    return MoodyBus()


@pytest.fixture
def dead_letters():
    return InMemoryDeadLetters()


@pytest.fixture
def begin(own, container, bus, dead_letters):
    """Makes a poller, as often as it is asked to: what follows a kill."""
    relay = Relay(bus, dead_letters)

    def begin():
        [poller] = create_pollers(container.settings(), own.store, own.tables, relay, lambda: NOW)
        return poller

    return begin


@pytest.fixture
def checkpoint(own):
    """The item of the checkpoint; None if there is none."""

    def checkpoint():
        key = {"pk": {"S": "_CHECKPOINT#relay"}, "sk": {"S": "#"}}
        return own.table.call("GetItem", TableName=own.table.name, Key=key, ConsistentRead=True).get("Item")

    return checkpoint


def carry(poller):
    while poller.poll():
        pass


def add(crates, number=1):
    """Adds crates; the events of that."""
    new = [a_crate() for _ in range(number)]
    events = [an_event(crate) for crate in new]
    for crate, event in zip(new, events, strict=True):
        crates.add(crate, event)
    return events


def write_in_all_ways(persistence):
    """Adds, saves, removes and restores a crate, alone and in a unit of work; the events of that."""
    crate = a_crate()
    created, first, second = an_event(crate), *(an_event(crate.at_version(1)) for _ in range(2))
    removed, recreated = an_event(crate.at_version(3)), an_event(crate)
    stored = persistence.crates.add(crate, created)
    stored = persistence.crates.save(renamed(stored), first, second)
    stored = persistence.crates.save(stored)
    persistence.crates.remove(stored, removed)
    stored = persistence.crates.add(crate, recreated)
    last = an_event(stored)
    with persistence.unit_of_work() as work:
        work.of(Crate).save(stored, last)
        work.commit()
    return [created, first, second, removed, recreated.evolve(version=stored.version), last]


def test_the_events_of_every_kind_of_write_arrive_in_order(own, begin, bus):
    poller = begin()
    events = write_in_all_ways(own)
    carry(poller)
    events += write_in_all_ways(own)
    carry(poller)

    assert bus.published == events


def test_a_poller_goes_on_where_another_was_killed(wired, own, begin, bus):
    events = write_in_all_ways(own)
    carry(begin())
    events += write_in_all_ways(own)

    carry(begin())

    assert bus.published == events


def test_pollers_that_are_killed_after_one_poll_carry_everything_once(wired, own, begin, bus):
    events = add(own.crates, 3)
    begin().poll()
    events += add(own.crates, 3)
    begin().poll()
    events += add(own.crates, 3)

    carry(begin())

    assert bus.published == events


@pytest.mark.parametrize("killed", [False, True], ids=["by-the-same", "by-another"])
def test_what_the_bus_refused_is_carried_again_from_there(wired, own, begin, bus, killed):
    events = add(own.crates, 2 * AT_ONCE)
    bus.refused = {events[AT_ONCE]}
    poller = begin()
    poller.poll()
    so_far = list(bus.published)

    bus.refused = set()
    carry(begin() if killed else poller)

    assert so_far == events[:AT_ONCE]
    assert bus.published == events


def test_two_pollers_lose_nothing(wired, own, begin, bus, caplog):
    first, second = begin(), begin()
    events = add(own.crates, 2)
    carry(first)
    carry(second)
    events += add(own.crates, 2)
    carry(second)
    events += add(own.crates, 2)

    outcome = first.poll()
    carry(first)

    assert outcome is False
    assert "another relay" in caplog.text
    assert list(dict.fromkeys(bus.published)) == events


def test_a_table_on_which_nothing_happens_is_not_written_to(own, begin, checkpoint):
    poller = begin()
    add(own.crates)
    carry(poller)
    before = checkpoint()

    outcomes = [poller.poll() for _ in range(5)]

    assert outcomes == [False] * 5
    assert before["version"] == {"N": "1"}
    assert checkpoint() == before


def test_another_poller_on_a_table_on_which_nothing_happens_writes_nothing(wired, own, begin, checkpoint):
    add(own.crates)
    carry(begin())
    before = checkpoint()

    for _ in range(3):
        carry(begin())

    assert checkpoint() == before


def test_reads_of_aggregates_never_show_the_checkpoint(own, begin, checkpoint):
    crates = own.crates
    [event] = add(crates)
    carry(begin())
    stored = crates.get(event.aggregate_id)

    assert checkpoint() is not None
    with pytest.raises(NotFound):
        crates.get(CHECKPOINT)
    assert crates.get_many([CHECKPOINT, stored.id]) == [stored]
    assert crates.page(Everything(), limit=10).items == (stored,)
    [line] = export_lines(own.repositories(), lambda *_: None)
    assert stored.id.encode() in line


def test_an_aggregate_of_the_checkpoints_id_is_another_thing(own, begin, bus, checkpoint):
    crate = a_crate().evolve(id=CHECKPOINT)
    event = an_event(crate)
    stored = own.crates.add(crate, event)

    carry(begin())

    assert bus.published == [event]
    assert checkpoint()["version"] == {"N": "1"}
    assert own.crates.get(CHECKPOINT) == stored


def test_what_cannot_be_read_goes_to_the_dead_letters_and_the_rest_arrives(own, begin, bus, dead_letters):
    item = {"pk": {"S": "CRATE#odd"}, "sk": {"S": "#"}, "_events": {"S": "nonsense"}}
    events = add(own.crates)
    own.table.call("PutItem", TableName=own.table.name, Item=item)
    events += add(own.crates)

    carry(begin())

    [(letter, reason)] = dead_letters.letters
    assert "nonsense" in letter
    assert "_events" in reason
    assert bus.published == events
