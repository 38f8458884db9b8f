"""An aggregate moves into a table of its own: its items are copied as they are, and go on there."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner
from typer.testing import Result

from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import NotFound
from domain.kernel.errors import Unavailable
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.dynamodb.streams.pollers import create_pollers
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.events import an_event
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.builders.specimens import renamed
from tests.kernel.infrastructure.dynamodb.relaying import MoodyBus
from tests.kernel.service.container import Container
from tests.kernel.service.domain import Specimen
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.settings import Settings
from usecases.kernel.observability import in_trace

pytestmark = pytest.mark.usefixtures("process_as_it_was")


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr("infrastructure.kernel.dynamodb.copying.MAX_COPIED", 2)
    monkeypatch.setattr("infrastructure.kernel.segments.ATTEMPTS", 1)


@pytest.fixture
def divided(container, fresh):
    """A container of the service whose specimens have a new table, beside the old one."""
    divided = Container()
    tables = {"dynamodb_tables": f"Specimen={fresh.name}"}
    divided.settings.override(Settings.model_validate({**container.settings().model_dump(), **tables}))
    divided.persistence().create_table(fresh.name)
    return divided


@pytest.fixture
def items(raw):
    """All items in a table, by their keys."""

    def items(name: str) -> dict[tuple[str, str], Any]:
        found = raw.scan(TableName=name, ConsistentRead=True)["Items"]
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in found}

    return items


def copy(container: Container, *arguments: object) -> Result:
    """Runs the command in another process of the service."""
    process = Container()
    process.settings.override(container.settings())
    return run(process, *arguments)


def run(container: Container, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["table", "copy", *map(str, arguments)], obj=Service(container, ENDPOINTS))


def listed(repository) -> list[Specimen]:
    return list(repository.page(Everything(), limit=MAX_PAGE).items)


def test_all_items_of_the_aggregate_are_copied_as_they_are_but_for_their_events(
    persistence, divided, specimens, crates, raw, table, fresh, items
):
    told, gone = specimens.add(a_specimen()), specimens.add(a_specimen())
    with in_trace("request", "test"):
        specimens.save(renamed(told), an_event(told))
    specimens.remove(gone, an_event(gone))
    crates.add(a_crate())
    more = {
        "pk": {"S": f"SPECIMEN#{told.id}"},
        "sk": {"S": "LABEL#1"},
        "blob": {"B": b"\0\xff"},
        "new": {"NS": ["1.5"]},
    }
    raw.put_item(TableName=table.name, Item=more)

    result = copy(divided)

    before, after = items(table.name), items(fresh.name)
    assert result.exit_code == 0
    assert "3 items copied, 0 were there already" in result.stderr
    assert before[f"SPECIMEN#{told.id}", "#"].keys() > {"_events", "_trace"}
    assert after == {
        key: {name: value for name, value in item.items() if name not in ("_events", "_trace")}
        for key, item in before.items()
        if key[0].startswith("SPECIMEN#")
    }
    assert "_gone" in after[f"SPECIMEN#{gone.id}", "#"]
    assert len(items(table.name)) == 4


def test_the_aggregate_goes_on_where_it_was(persistence, divided, specimens):
    kept, gone = specimens.add(a_specimen()), specimens.add(a_specimen())
    read = specimens.save(renamed(kept))
    specimens.remove(gone)
    before = listed(specimens)
    copy(divided)
    moved = divided.persistence().specimens

    assert listed(moved) == before == [read]
    with pytest.raises(Conflict):
        moved.save(kept)
    assert moved.save(renamed(read)).version == 3
    with pytest.raises(NotFound):
        moved.save(gone)
    assert moved.add(a_specimen().evolve(id=gone.id)).version == 3  # counted on from the tombstone


def test_nothing_that_was_written_since_is_overwritten(divided, specimens):
    specimen, gone = specimens.add(a_specimen()), specimens.add(a_specimen())
    copy(divided)
    moved = divided.persistence().specimens
    saved = moved.save(renamed(specimen))
    moved.remove(moved.get(gone.id))

    result = copy(divided)

    assert "2 of about 2 records" in result.stderr
    assert "0 items copied, 2 were there already" in result.stderr
    assert listed(moved) == [saved]


def failing_after(container: Any, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the old table be read no more than so often."""
    table = container.persistence().table
    call, left = table.call, [steps]

    def failing(operation: str, **request: Any) -> Any:
        left[0] -= operation == "Scan"
        if left[0] < 0:
            raise Unavailable("throttled")
        return call(operation, **request)

    monkeypatch.setattr(table, "call", failing)


@pytest.mark.parametrize("segments", [1, 3])
def test_a_copy_that_was_stopped_goes_on(divided, specimens, tmp_path, monkeypatch, segments):
    specimens.put_many(a_specimen() for _ in range(9))
    persistence, stopping = divided.persistence(), Container()
    stopping.settings.override(divided.settings())
    failing_after(stopping, 2, monkeypatch)

    stopped = run(stopping, "--progress", tmp_path / "kept", "--segments", segments)
    so_far = len(listed(persistence.specimens))
    result = copy(divided, "--progress", tmp_path / "kept", "--segments", segments)

    assert isinstance(stopped.exception, Unavailable)
    assert so_far < 9
    assert "9 items copied, 0 were there already" in result.stderr
    assert listed(persistence.specimens) == listed(specimens)


def test_the_progress_of_a_copy_between_other_tables_is_refused(divided, tmp_path):
    copy(divided, "--progress", tmp_path, "--segments", 1)
    path = tmp_path / "segment-1-of-1.json"
    path.write_text(path.read_text().replace(f"copy of {divided.persistence().place}", "copy of another"))

    refused = copy(divided, "--progress", tmp_path, "--segments", 1)

    assert isinstance(refused.exception, InvalidArgument)
    assert "has the progress of another task: copy of another" in str(refused.exception)


@pytest.mark.parametrize("after", ["x", "7", "{}"])
def test_a_damaged_place_is_refused(divided, tmp_path, after):
    copy(divided, "--progress", tmp_path, "--segments", 1)
    path = tmp_path / "segment-1-of-1.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "after": after, "is_done": False}))

    refused = copy(divided, "--progress", tmp_path, "--segments", 1)

    assert isinstance(refused.exception, InvalidArgument)


def test_the_stream_of_the_new_table_tells_nothing_again(divided, specimens, crates):
    specimen = a_specimen()
    specimens.add(specimen, an_event(specimen))
    bus, persistence = MoodyBus(), divided.persistence()
    copy(divided)
    [_, poller] = create_pollers(divided.settings(), persistence.store, persistence.tables, a_relay(bus), divided.now)

    while poller.poll():
        pass

    assert bus.published == []


def test_a_copy_needs_an_aggregate_with_a_table_of_its_own(container):
    refused = copy(container)

    assert isinstance(refused.exception, Misconfigured)
    assert "TINY_SERVICE_DYNAMODB_TABLES: must name the aggregates" in str(refused.exception)


def test_memory_has_nothing_to_copy():
    assert isinstance(copy(an_in_memory_container()).exception, Misconfigured)
