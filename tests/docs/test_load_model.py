"""The load model: known cases, paper and simulation agree, and it is this service that is modelled."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.docs import results
from benchmarks.load_model import bulk
from benchmarks.load_model import limits
from benchmarks.load_model import relaying
from benchmarks.load_model.__main__ import main
from benchmarks.load_model.chance import Chance
from benchmarks.load_model.paper import Ceiling
from benchmarks.load_model.paper import carries
from benchmarks.load_model.paper import ceilings
from benchmarks.load_model.paper import minutes_to_warm_up
from benchmarks.load_model.paper import steps
from benchmarks.load_model.scenarios import SIZES
from benchmarks.load_model.scenarios import sized
from benchmarks.load_model.service import Load
from benchmarks.load_model.service import Service
from benchmarks.load_model.service import Stack
from benchmarks.load_model.service import Times
from benchmarks.load_model.simulation import WARM_UP
from benchmarks.load_model.simulation import Run
from benchmarks.load_model.simulation import simulated
from domain.kernel.events import Event
from infrastructure.kernel.dynamodb.sizes import MAX_ITEM_BYTES
from infrastructure.kernel.dynamodb.streams.records import KEPT
from infrastructure.kernel.events.eventbridge import MAX_ENTRIES
from infrastructure.kernel.events.eventbridge import EventBridgeEventBus
from infrastructure.kernel.events.relay import Record
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.events.fake_eventbridge import FakeEventBridge

MUCH = 10**7
FREE = Stack(
    requests_per_second=MUCH,
    max_read_units=MUCH,
    max_write_units=MUCH,
    parallelization=4,
    table_quota=MUCH,
    gateway_quota=MUCH,
    lambda_quota=MUCH,
    put_events_quota=MUCH,
)
SAVES = Load(writes=2000, gets=0, pages=0, items=1e6, adds=0, renames=0, hot_share=0)
ADDS = replace(SAVES, adds=1, events=0, increasing=True)


def of(service: Service, name: str) -> Ceiling:
    return next(each for each in ceilings(service) if each.name == name)


# ---- Known cases


def test_two_thousand_adds_a_second_on_one_shard_are_throttled_by_half():
    told = simulated(Service(ADDS, FREE))

    assert told.share() == pytest.approx(0.5, abs=0.01)
    assert set(told.throttled) == {"index partition: writes"}


def test_four_shards_throttle_none_of_them():
    assert simulated(Service(ADDS, replace(FREE, listing_shards=4))).share() == 0


def test_one_shard_splits_when_entries_come_anywhere_in_the_listing_and_never_when_they_come_at_its_end():
    anywhere = Service(replace(ADDS, increasing=False), FREE)

    for_long = {
        each.load.increasing: simulated(each, Run(seconds=3000)).share() for each in (anywhere, Service(ADDS, FREE))
    }

    assert for_long[False] == pytest.approx(0.5 * 600 / 3000, abs=0.03)
    assert for_long[True] == pytest.approx(0.5, abs=0.01)
    assert simulated(anywhere, Run(seconds=1200, splits=False)).share() == pytest.approx(0.5, abs=0.01)


def test_one_entity_takes_no_more_than_its_partition_does():
    load = replace(SAVES, writes=10_000, events=0, hot_share=0.2)
    others = 0.8 / Service(load).partitions

    told = simulated(Service(load, FREE))

    assert told.share() == pytest.approx(0.2 + others - 1000 / load.writes, abs=0.01)


def test_a_new_table_takes_four_thousand_writes_a_second_and_twice_as_many_after_half_an_hour():
    service = Service(replace(SAVES, writes=10_000, events=0), FREE)

    at_first, later, at_last = (
        simulated(service, Run(seconds=minutes * 60, is_new=True)).committed for minutes in (30, 60, 61)
    )

    assert at_first / 1800 == pytest.approx(4000, rel=0.02)
    assert (later - at_first) / 1800 == pytest.approx(8000, rel=0.02)
    assert (at_last - later) / 60 == pytest.approx(10_000, rel=0.03)
    assert minutes_to_warm_up(10_000) == 60


def test_the_same_seed_gives_the_same_numbers_and_another_one_does_not():
    service = Service(replace(ADDS, increasing=False), FREE)

    assert simulated(service, Run(seconds=60)) == simulated(service, Run(seconds=60))
    assert simulated(service, Run(seconds=60)) != simulated(service, Run(seconds=60, seed=2))


# ---- Paper and simulation agree


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("API: requests", {"requests_per_second": 1500, "burst_requests": 1}),
        ("account: API Gateway", {"gateway_quota": 1500}),
        ("account: Lambda at once", {"lambda_quota": 250}),
        ("account: Lambda per second", {"lambda_quota": 150}),
        ("table: writes", {"max_write_units": 800}),
        ("account: table", {"table_quota": 1500}),
        ("index partition: writes", {"listing_shards": 2}),
    ],
)
@pytest.mark.parametrize("factor", [0.5, 1, 1.5])
def test_what_is_too_much_on_paper_is_throttled_in_the_simulation_by_that_ceiling_and_nothing_else(name, stack, factor):
    load = replace(ADDS, writes=3000).times(factor)
    times = Times(request_ms=20 if name == "account: Lambda per second" else 150)
    service = Service(load, replace(FREE, **{"listing_shards": 20, "parallelization": 1, **stack}), times)
    paper = of(service, name)

    told = simulated(service)

    assert told.share(name) == pytest.approx(max(0, 1 - 1 / paper.use), abs=0.02)
    assert told.share() - told.share(name) < 0.01


def test_reads_and_writes_share_the_read_units_of_the_table():
    service = Service(Load.of(1000, 1e6), replace(FREE, max_read_units=4000))

    told = simulated(service)

    too_much = 1 - 1 / of(service, "table: reads").use
    assert told.reads_throttled == pytest.approx(too_much, abs=0.05)
    assert told.share("table: reads") == pytest.approx(too_much * (1 - service.load.adds), abs=0.02)


@pytest.mark.parametrize(("events", "factor"), [(1, 1), (1, 2), (2, 4)])
def test_the_records_that_wait_become_as_many_more_as_on_paper(events, factor):
    service = Service(replace(SAVES, writes=4000, events=events), replace(FREE, parallelization=factor))
    run = Run(seconds=900)

    told = simulated(service, run)

    assert told.backlog / run.seconds == pytest.approx(bulk.relay(service).grows, rel=0.03, abs=5)
    assert (of(service, "relay: records of a shard").use > 1) == (told.backlog > 0)


def test_what_waits_becomes_older_as_on_paper():
    service = Service(replace(SAVES, writes=4000), replace(FREE, parallelization=1))
    paper = bulk.relay(service)

    told = simulated(service, Run(seconds=900))

    assert told.oldest / 900 == pytest.approx(bulk.ALARM / paper.until_alarm, rel=0.05)
    assert paper.until_given_up / paper.until_alarm == pytest.approx(23 / 6)


def test_an_outage_of_the_bus_is_made_up_for_in_the_time_that_paper_says():
    service = Service(SAVES, replace(FREE, parallelization=2))
    capacity = relaying.lanes(service) * relaying.capacity(service)
    needed = bulk.catches_up(300, service.load.records, capacity)

    before, after = (
        simulated(service, Run(seconds=300 + round(needed * part), bus_down=range(300))) for part in (0.9, 1.1)
    )

    assert before.backlog > 0
    assert after.backlog == 0
    assert after.worst == pytest.approx(300, abs=2)


@pytest.mark.parametrize(("writes", "items"), SIZES)
def test_a_service_that_is_turned_as_the_paper_says_throttles_next_to_nothing_and_its_relay_keeps_up(writes, items):
    told = simulated(steps(sized(writes, items))[1], Run(seconds=300))

    assert told.share() < 0.005
    assert told.backlog == 0


def test_the_maximum_of_units_stays_below_the_quota_of_a_table_because_dynamodb_takes_no_other():
    after = steps(sized(10_000, 1e9))[1].stack

    assert max(after.max_read_units, after.max_write_units) < after.table_quota


def test_what_no_number_helps_is_said_last_and_keeps_nothing_else_from_being_turned():
    load = replace(ADDS, writes=3000, events=30, hot_share=0.1)

    taken, after = steps(Service(load))

    helpless = [each for each in taken if each.to is None]
    assert {each.advice for each in helpless} == {"a smaller aggregate", "fewer events of a write"}
    assert taken[-len(helpless) :] == helpless
    assert after.stack.parallelization == 10
    assert after.stack.listing_shards == 6
    assert after.stack.max_write_units == 6000


@pytest.mark.parametrize(("writes", "items"), SIZES)
def test_it_carries_as_much_as_its_first_ceiling_lets_pass(writes, items):
    service = sized(writes, items)

    most = carries(service) / writes

    assert ceilings(replace(service, load=service.load.times(most * 0.99)))[0].use <= 1
    assert ceilings(replace(service, load=service.load.times(most * 1.01)))[0].use > 1


# ---- It is this service


class Written(Record):
    """A record of one entity, with so many events."""

    def __init__(self, events: int) -> None:
        about = a_specimen()
        self._events = [an_event(about) for _ in range(events)]

    def events(self) -> Sequence[Event]:
        return self._events

    def whole(self) -> str:
        return ""


@pytest.mark.parametrize("events", [0, 1, 2, 3])
@pytest.mark.parametrize("records", [1, 9, 10, 11, 25, 100])
def test_the_relay_sends_as_many_requests_as_the_model_says(records, events):
    service: Any = FakeEventBridge()
    relay = a_relay(EventBridgeEventBus(service, "bus", "a-service"))

    relay.carry([Written(events) for _ in range(records)])

    assert len(service.requests) == relaying.requests(records, events)


def test_what_the_stack_of_the_model_has_is_what_the_template_sets():
    template = Path("template.yaml").read_text(encoding="utf-8")

    def default(parameter: str) -> int:
        return int(re.findall(rf"^  {parameter}:\n    Type: Number\n    Default: (\d+)", template, re.MULTILINE)[0])

    def set_to(name: str) -> int:
        return int(re.findall(rf"^      {name}: (\d+)", template, re.MULTILINE)[0])

    stack = Stack()

    assert stack.requests_per_second == default("RequestsPerSecond")
    assert stack.burst_requests == default("BurstRequests")
    assert (stack.max_read_units, stack.max_write_units) == (default("MaxReadUnits"), default("MaxWriteUnits"))
    assert stack.batch == set_to("BatchSize")
    assert set_to("MaximumRecordAgeInSeconds") == bulk.GIVEN_UP
    assert f"Threshold: {bulk.ALARM * 1000}" in template


def test_limits_that_the_service_knows_are_the_same_in_the_model():
    assert limits.ITEM.number == MAX_ITEM_BYTES
    assert limits.ENTRIES.number == MAX_ENTRIES
    assert limits.STREAM.number == KEPT.total_seconds()


def test_the_cpu_of_a_save_and_of_an_export_is_about_what_was_measured():
    measured = results()
    save = next(line for line in measured["calls"]["lines"] if line["title"] == "save")
    export = next(line for line in measured["growth"]["lines"] if line["title"] == "export, over the stub")

    assert save["baseline"] * save["ratios"]["service"][1] * 1000 == pytest.approx(bulk.SAVE_MS, rel=0.6)
    assert export["values"][-1] * 1000 == pytest.approx(bulk.EXPORT_MS, rel=0.6)


def test_units_are_those_of_the_page_about_costs():
    load = Load(writes=1, gets=1, pages=1, adds=0.5, renames=0.25, page_size=50)

    assert load.units_per_write == 1
    assert load.index_units_per_write == 0.5 * 1 + 0.25 * 2
    assert load.read_units == 0.5 + 50 * 0.5 + 0.5 * 1
    assert replace(load, item_bytes=1025).units_per_write == 2


def test_a_rewrite_pays_for_what_it_reads_and_for_what_it_saves():
    load = Load(items=1e6, item_bytes=1024)

    assert bulk.export(load).units == 1e6 / 4 / 2
    assert bulk.rewrite(load).units == 1e6 + 1e6 / 4 / 2
    assert bulk.rewrite(replace(load, item_bytes=2048)).units == 2e6 + 1e6 / 2 / 2


def test_a_hot_item_is_read_by_gets_and_before_each_of_its_saves():
    service = Service(Load(writes=100, gets=1000, hot_share=0.1, item_bytes=4096))

    assert of(service, "partition: reads of one item").demand == 1000 * 0.1 * 0.5 + 100 * 0.1 * 1


# ---- Its parts


@pytest.mark.parametrize("count", [0, 5, 100, 10_000])
def test_nothing_is_lost_when_a_number_is_divided_by_chance(count):
    chance = Chance(1)

    parts = [chance.divided(count, [0.5, 0.25, 0.2, 0.05]) for _ in range(200)]

    assert {sum(each) for each in parts} == {count}
    assert sum(each[0] for each in parts) / 200 == pytest.approx(count / 2, rel=0.1)


def test_a_relay_that_is_behind_grows_older_than_the_stream_keeps_records():
    late = bulk.behind(records=1000, published=500)

    assert late.grows == 500
    assert late.until_alarm == 12 * limits.HOUR
    assert late.until_given_up == 46 * limits.HOUR


def test_a_billion_items_of_a_thousand_bytes_need_122_million_units_to_export():
    export = bulk.export(Load(items=1e9, item_bytes=1000))

    assert export.units == pytest.approx(122e6, rel=0.01)
    assert export.seconds(1000) == pytest.approx(122e3, rel=0.01)


def test_the_command_says_what_to_turn_for_a_service_of_yours(capsys, monkeypatch):
    monkeypatch.setattr(
        "sys.argv", ["load_model", "--writes", "3000", "--gets", "0", "--pages", "0", "--simulate", "20"]
    )

    main()

    printed = capsys.readouterr().out
    assert "| `RequestsPerSecond` = 6,000 |" in printed
    assert "| turned | 0% |" in printed


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["--writes", "0"], "writes must be more than 0"),
        (["--docs", "--writes", "3000"], "--docs writes the tables of the defaults: give no other input"),
        (["--adds", "0.9", "--renames", "0.9"], "adds and renames together"),
        (["--listing-shards", "0"], "must be 1 or more"),
        (["--parallelization", "11"], "parallelization must be 10 or less"),
        (["--put-ms", "0"], "times must be more than 0"),
    ],
)
def test_a_service_that_cannot_be_is_refused_with_the_rule(arguments, rule, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["load_model", *arguments])

    with pytest.raises(SystemExit):
        main()

    assert rule in capsys.readouterr().err


def test_a_new_table_is_no_ceiling_for_less_than_it_begins_with():
    assert simulated(Service(SAVES, FREE), Run(seconds=60, is_new=True)).share(WARM_UP) == 0
    assert minutes_to_warm_up(4000) == 0
