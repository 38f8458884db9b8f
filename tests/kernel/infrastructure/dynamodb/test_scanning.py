"""Going through a whole table: what is in a stretch and what is not, where the next one begins, and how fast it goes."""

from threading import Event

import pytest

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel.dynamodb.limiter import Limiter
from infrastructure.kernel.store import Segment
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen

WHOLE = Segment(0, 1)


def test_a_stretch_has_entities_of_the_kinds_and_names_what_cannot_be_read(persistence, crates, specimens, raw, table):
    gone = crates.add(a_crate())
    crates.remove(gone)
    sound, unsound, specimen = crates.add(a_crate()), crates.add(a_crate()), specimens.add(a_specimen())
    raw.put_item(TableName=table.name, Item={"pk": {"S": f"CRATE#{sound.id}"}, "sk": {"S": "CONTRACT#1"}})
    raw.put_item(TableName=table.name, Item={"pk": {"S": "elsewhere"}, "sk": {"S": "#"}})
    raw.update_item(
        TableName=table.name,
        Key={"pk": {"S": f"CRATE#{unsound.id}"}, "sk": {"S": "#"}},
        UpdateExpression="REMOVE version",
    )

    of_crates = persistence.store.stretch([Crate], WHOLE, None)
    of_both = persistence.store.stretch([Crate, Specimen], WHOLE, None)

    assert of_crates.entities == [sound]
    assert {entity.id for entity in of_both.entities} == {sound.id, specimen.id}
    assert [error.id for error in of_crates.unreadable] == [unsound.id]
    assert (of_crates.after, of_crates.seen) == (None, 6)


def test_the_next_stretch_begins_where_the_last_one_ended(persistence, crates, monkeypatch):
    monkeypatch.setattr("infrastructure.kernel.dynamodb.scanning.MAX_SCANNED", 2)
    crates.put_many(a_crate() for _ in range(5))

    stretches = [persistence.store.stretch([Crate], WHOLE, None)]
    while stretches[-1].after is not None:
        stretches.append(persistence.store.stretch([Crate], WHOLE, stretches[-1].after))

    assert [len(stretch.entities) for stretch in stretches] == [2, 2, 1]
    assert len({entity.id for stretch in stretches for entity in stretch.entities}) == 5


@pytest.mark.parametrize("after", ["", "x", "[]", "7", "{}", '{"pk": {"S": "x"}}', '{"pk": "x", "sk": "y"}'])
def test_what_is_no_place_is_refused_before_anything_is_sent(persistence, after):
    with pytest.raises(InvalidArgument, match="after: is no place in what is stored"):
        persistence.store.stretch([Crate], WHOLE, after)


def test_about_how_many_records_there_are_is_told(persistence, crates):
    crates.put_many(a_crate() for _ in range(5))

    assert persistence.records() == 5


class Clock:
    """Goes on while somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def test_units_are_spent_no_faster_than_allowed():
    clock = Clock()
    limiter = Limiter(50, clock.wait, clock)

    for units in (128, 0.5, 21.5):
        limiter.spend(units)

    assert clock.now == pytest.approx(1000 + 150 / 50)


def test_what_was_not_spent_before_is_not_saved_up():
    clock = Clock()
    limiter = Limiter(10, clock.wait, clock)
    clock.now += 3600

    limiter.spend(20)

    assert clock.now == 1000 + 3600 + 2


@pytest.mark.parametrize(
    ("told", "units"),
    [
        ({"CapacityUnits": 2.5}, 2.5),
        ([{"CapacityUnits": 2}, {"CapacityUnits": 3}], 5),
        ({"TableName": "x"}, 0),
        (None, 0),
    ],
    ids=str,
)
def test_the_units_are_those_that_an_answer_tells(told, units):
    clock = Clock()

    Limiter(1, clock.wait, clock).report("any", {} if told is None else {"ConsumedCapacity": told})

    assert clock.now == 1000 + units


def test_a_limit_holds_for_reads_for_writes_and_for_going_through_the_table(persistence, crates):
    waited: list[float] = []

    class Stop(Event):
        def wait(self, timeout=None):
            waited.append(timeout)
            return True

    persistence.limit(1_000_000, Stop())
    try:
        crate = crates.add(a_crate())
        crates.get(crate.id)
        crates.save(crate)
        persistence.store.stretch([Crate], WHOLE, None)
    finally:
        persistence.table.report = None

    assert len(waited) == 4
    assert min(waited) > 0
