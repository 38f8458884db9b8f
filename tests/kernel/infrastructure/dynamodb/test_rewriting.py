"""The command that saves again what an older release has stored."""

import json
from threading import Event
from typing import Any

import pytest
from typer.testing import CliRunner
from typer.testing import Result

from domain.kernel.entity import is_older
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import TooLarge
from domain.kernel.errors import Unavailable
from domain.kernel.repository import Everything
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository
from infrastructure.kernel.rewriting import rewrite
from infrastructure.kernel.rewriting import rewriting
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.store import Segment
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.parcels import Parcel
from tests.kernel.service.parcels import Parcel0
from tests.kernel.service.parcels import Parcel2

pytestmark = pytest.mark.usefixtures("process_as_it_was")


class OldParcels(DynamoDBRepository[Parcel0]):
    kind = Parcel0
    type_name = "PARCEL"


class ParcelsBefore(DynamoDBRepository[Parcel2]):
    kind = Parcel2
    type_name = "PARCEL"


class Parcels(DynamoDBRepository[Parcel]):
    kind = Parcel
    type_name = "PARCEL"


def an_old_parcel(number: int) -> Parcel0:
    return Parcel0(id=f"p{number:03}", name=f"Tea {number:03}", sender="Ada King Lovelace", cents=1250 + number)


def a_parcel(number: int) -> Parcel:
    old = an_old_parcel(number)
    return Parcel(id=old.id, title=old.name, first="Ada King", last="Lovelace", price=f"{old.cents}e-2")


@pytest.fixture
def older(connect) -> OldParcels:
    return OldParcels(connect().store)


@pytest.fixture
def before(connect) -> ParcelsBefore:
    return ParcelsBefore(connect().store)


@pytest.fixture
def parcels(persistence) -> Parcels:
    """Those of this release, which the commands find beside the crates."""
    persistence.parcels = Parcels(persistence.store)
    persistence.create_table(persistence.table.name)
    return persistence.parcels


@pytest.fixture
def run(container, parcels, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [*map(str, arguments)], obj=Service(container, ENDPOINTS))

    return run


@pytest.fixture
def writes(raw, table):
    """What every item of a parcel says of its last write."""

    def writes() -> dict[str, str]:
        items = raw.scan(TableName=table.name, ConsistentRead=True)["Items"]
        return {item["pk"]["S"]: item["_write"]["S"] for item in items if item["pk"]["S"].startswith("PARCEL")}

    return writes


def test_what_is_old_is_saved_again_and_nothing_else(run, older, parcels, crates, writes, published):
    older.put_many(an_old_parcel(number) for number in range(7))
    new = parcels.add(a_parcel(7))
    crate = crates.add(a_crate())
    before = writes()

    result = run("rewrite")

    assert result.exit_code == 0
    assert "7 saved again, 0 not; 9 records seen" in result.stderr
    assert parcels.get_many([f"p{number:03}" for number in range(7)]) == [
        a_parcel(number).at_version(2) for number in range(7)
    ]
    assert (parcels.get(new.id), crates.get(crate.id)) == (new, crate)
    assert {write.partition("#")[2] for write in writes().values()} == {"3"}
    assert writes()["PARCEL#p007"] == before["PARCEL#p007"]
    assert published() == []


def test_run_again_it_finds_nothing_to_do(run, older, writes):
    older.put_many(an_old_parcel(number) for number in range(3))
    run("rewrite")
    after = writes()

    result = run("rewrite", "--segments", 1)

    assert "0 saved again, 0 not; 3 records seen" in result.stderr
    assert writes() == after


def test_what_was_rewritten_is_listed_where_this_release_would_list_it(run, older, parcels):
    older.put_many(an_old_parcel(number) for number in range(12))

    run("rewrite")

    for query in (Everything(), Parcel.by_price()):
        assert [each.id for each in parcels.page(query, limit=20).items] == [f"p{number:03}" for number in range(12)]
    assert parcels.page(Everything(), limit=1).items[0].listed_as == "Lovelace, Tea 000"


def test_everything_can_be_saved_again_whatever_version_it_is_in(run, parcels, crates):
    parcels.add(a_parcel(1))
    crate = crates.add(a_crate())

    some, every = run("rewrite", "--all", "Parcel"), run("rewrite", "--all")

    assert "1 saved again" in some.stderr
    assert "2 saved again" in every.stderr
    assert (parcels.get("p001").version, crates.get(crate.id).version) == (3, 2)


def test_an_aggregate_that_does_not_exist_is_named(run):
    result = run("rewrite", "Parcel", "Unicorn")

    assert isinstance(result.exception, InvalidArgument)
    assert str(result.exception) == "kinds: Unicorn: must be among Crate, Parcel, Specimen"


def test_what_cannot_be_read_is_told_and_the_rest_is_saved(run, older, parcels, raw, table):
    older.put_many(an_old_parcel(number) for number in range(3))
    raw.update_item(
        TableName=table.name, Key={"pk": {"S": "PARCEL#p001"}, "sk": {"S": "#"}}, UpdateExpression="REMOVE cents"
    )

    result = run("rewrite")

    assert result.exit_code == 1
    assert "Parcel p001 cannot be read: schema version 2 breaks a rule of this release" in result.stderr
    assert "2 saved again, 1 not" in result.stderr


class Disturbed(Parcels):
    """Somebody else does something between the reading of an entity and its saving, once."""

    def disturb(self) -> None: ...

    def save(self, entity: Parcel, *events: Any) -> Parcel:
        disturb, self.disturb = self.disturb, lambda: None  # type: ignore[method-assign]  # once
        disturb()
        return super().save(entity, *events)


@pytest.fixture
def disturbed(persistence, parcels) -> Disturbed:
    return Disturbed(persistence.store)


def test_what_an_older_release_saves_meanwhile_is_saved_again_too(older, disturbed):
    stored = older.add(an_old_parcel(1))
    disturbed.disturb = lambda: older.save(stored.evolve(cents=9900))

    assert rewrite(disturbed, disturbed.get(stored.id))

    after = disturbed.get(stored.id, consistent=True)
    assert (after.price, after.version, is_older(after)) == (99, 3, False)


def test_what_this_release_saves_meanwhile_stays(older, parcels, disturbed):
    stored = older.add(an_old_parcel(1))
    changed = parcels.get(stored.id).evolve(price="1.00")
    disturbed.disturb = lambda: parcels.save(changed)

    assert not rewrite(disturbed, disturbed.get(stored.id))

    assert disturbed.get(stored.id, consistent=True) == changed.at_version(2)


def test_what_is_removed_meanwhile_stays_removed(older, parcels, disturbed):
    stored = older.add(an_old_parcel(1))
    disturbed.disturb = lambda: parcels.remove(parcels.get(stored.id))

    assert not rewrite(disturbed, disturbed.get(stored.id))

    assert parcels.get_many([stored.id]) == []


def test_a_lost_answer_ends_in_one_more_save_and_no_change(older, disturbed):
    stored = older.add(an_old_parcel(1))

    def lose() -> None:
        super(Disturbed, disturbed).save(disturbed.get(stored.id))
        raise Unavailable("no answer", maybe_applied=True)

    disturbed.disturb = lose

    with pytest.raises(Unavailable):
        rewrite(disturbed, disturbed.get(stored.id))
    assert not rewrite(disturbed, disturbed.get(stored.id))
    assert disturbed.get(stored.id, consistent=True) == a_parcel(1).at_version(2)


def test_it_goes_on_where_it_was_stopped(run, older, parcels, persistence, tmp_path, monkeypatch):
    monkeypatch.setattr("infrastructure.kernel.dynamodb.scanning.MAX_SCANNED", 2)
    monkeypatch.setattr("infrastructure.kernel.segments.ATTEMPTS", 1)
    older.put_many(an_old_parcel(number) for number in range(10))

    class Failing(Parcels):
        left = 5

        def save(self, entity: Parcel, *events: Any) -> Parcel:
            self.left -= 1
            if self.left < 0:
                raise Unavailable("throttled")
            return super().save(entity, *events)

    persistence.parcels = Failing(persistence.store)
    stopped = run("rewrite", "--segments", 1, "--progress", tmp_path)
    kept = json.loads((tmp_path / "segment-1-of-1.json").read_text())
    persistence.parcels = parcels
    again = run("rewrite", "--segments", 1, "--progress", tmp_path)
    once_more = run("rewrite", "--segments", 1, "--progress", tmp_path)

    assert isinstance(stopped.exception, Unavailable)
    assert (kept["seen"], kept["counts"], kept["is_done"]) == (4, {"saved": 4, "failed": 0}, False)
    assert "9 saved again, 0 not; 10 records seen" in again.stderr, "one was saved in the stretch that failed"
    assert once_more.stderr.endswith("9 saved again, 0 not; 10 records seen\n")
    assert all(parcel.version == 2 for parcel in parcels.page(Everything(), limit=20).items)


def test_the_progress_of_a_rewrite_in_another_table_is_refused(run, persistence, tmp_path):
    run("rewrite", "--segments", 1, "--progress", tmp_path)
    path = tmp_path / "segment-1-of-1.json"
    path.write_text(path.read_text().replace(f" in {persistence.place}", " in another"))

    refused = run("rewrite", "--segments", 1, "--progress", tmp_path)

    assert isinstance(refused.exception, InvalidArgument)
    assert "has the progress of another task: rewrite Parcel in another" in str(refused.exception)


def test_a_stretch_in_which_it_was_stopped_is_not_taken_for_done(older, persistence, disturbed):
    older.put_many(an_old_parcel(number) for number in range(3))
    stop = Event()
    disturbed.disturb = stop.set
    begun = Progress(task="rewrite")
    said: list[str] = []
    step = rewriting(persistence.store, {Parcel: disturbed}, whatever=False, report=said.append, stop=stop)

    assert step(Segment(0, 1), begun) == begun
    stop.clear()
    done = step(Segment(0, 1), begun)

    assert (done.is_done, done.counts, said) == (True, {"saved": 2, "failed": 0}, [])


def test_what_has_become_too_large_is_told(run, older, parcels, persistence):
    older.put_many(an_old_parcel(number) for number in range(2))

    class Large(Parcels):
        def save(self, entity: Parcel, *events: Any) -> Parcel:
            if entity.id == "p000":
                raise TooLarge("Parcel", entity.id, size=500_000, limit=400_000)
            return super().save(entity, *events)

    persistence.parcels = Large(persistence.store)

    result = run("rewrite")

    assert result.exit_code == 1
    assert "Parcel p000 takes 500000 bytes" in result.stderr
    assert "1 saved again, 1 not" in result.stderr
