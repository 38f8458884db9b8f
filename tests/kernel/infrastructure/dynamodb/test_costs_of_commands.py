"""What the commands that go through a table consume of it, and that each of them can be limited."""

from collections.abc import Callable
from threading import Event

import pytest
from dependency_injector.providers import Object
from typer.testing import CliRunner

from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.dynamodb.limiter import Limiter
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.store import Segment
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.infrastructure.dynamodb.metering import metered
from tests.kernel.service.domain import Crate
from tests.kernel.service.endpoints import ENDPOINTS

pytestmark = pytest.mark.usefixtures("process_as_it_was")

WHOLE = Segment(0, 1)


@pytest.fixture
def divided(connect, fresh):
    """An adapter whose specimens have a new table, beside the old one."""
    divided = connect(dynamodb_tables=f"Specimen={fresh.name}", dynamodb_listing_shards="1,3")
    divided.create_table(fresh.name)
    return divided


def test_an_export_and_a_rewrite_read_eventually_consistent(connect, crates):
    persistence = connect()
    crates.add(a_crate())

    read = metered(persistence.table)(lambda: persistence.store.stretch([Crate], WHOLE, None))

    assert read == Units(read=0.5)


def test_a_reshard_reads_consistently_and_pays_for_the_item_and_the_index_that_it_gets_into(connect):
    old, new = connect(dynamodb_listing_shards="1"), connect(dynamodb_listing_shards="1,3")
    old.crates.add(a_crate())
    consumed = metered(new.table)

    first, second = (consumed(lambda: new.reshard(WHOLE, None, Event())) for _ in range(2))

    assert first == Units(read=1, write=1 + 1)
    assert second == Units(read=1)


def test_a_copy_reads_consistently_so_that_it_misses_nothing_that_was_written_just_before(divided, specimens):
    specimens.add(a_specimen())
    copy, _ = divided.copying()

    read = metered(divided.table)(lambda: copy(WHOLE, Progress(task="copy")))

    assert read == Units(read=1)


def test_a_request_reads_500_items_at_most_and_one_of_a_copy_100(connect, divided):
    persistence = connect(dynamodb_listing_shards="1,3")
    persistence.crates.put_many(a_crate() for _ in range(501))

    stretch = persistence.store.stretch([Crate], WHOLE, None)
    resharded = persistence.reshard(WHOLE, stretch.after, Event())
    step, records = divided.copying()
    copied = step(WHOLE, Progress(task="copy"))

    assert (stretch.seen, resharded.seen, copied.seen) == (500, 1, 100)
    assert records == 501


@pytest.mark.parametrize("command", [["rewrite", "--all", "Crate"], ["export", "{folder}", "--segments", "1"]])
def test_the_bar_of_a_command_counts_the_tables_that_it_reads_and_no_others(
    divided, container, tmp_path, command, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "300")
    divided.crates.put_many(a_crate() for _ in range(2))
    divided.specimens.put_many(a_specimen() for _ in range(3))
    arguments = [argument.format(folder=tmp_path / "folder") for argument in command]

    with container.persistence.override(Object(divided)):
        result = CliRunner().invoke(app, arguments, obj=Service(container, ENDPOINTS))

    assert "2 of about 2 records" in result.stderr


@pytest.mark.parametrize(
    "command",
    [["reshard"], ["rewrite", "--all"], ["table", "copy"], ["export", "{folder}", "--segments", "1"], ["import", "-"]],
    ids=" ".join,
)
def test_every_command_that_goes_through_a_table_can_be_limited(divided, container, tmp_path, command, monkeypatch):
    limits: list[float] = []

    class Told(Limiter):
        def __init__(self, per_second: float, wait: Callable[[float], object]) -> None:
            limits.append(per_second)
            super().__init__(per_second, wait)

    monkeypatch.setattr("infrastructure.kernel.dynamodb.limiter.Limiter", Told)
    arguments = [argument.format(folder=tmp_path / "folder") for argument in command]

    with container.persistence.override(Object(divided)), container.settings.override(divided._settings):
        result = CliRunner().invoke(
            app, [*arguments, "--units", "1000000"], input="", obj=Service(container, ENDPOINTS)
        )

    assert result.exit_code == 0, result.output
    assert limits == [1_000_000]
    assert all(table.report is not None for table in divided.tables)
