"""Export and import in segments: files beside one another that are written and read at the same time, and continued."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from typer.testing import Result

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.segments import Checkpoints
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.contracts.base import walk
from tests.kernel.service.domain import Crate
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.repositories import InMemoryCrateRepository

pytestmark = pytest.mark.usefixtures("process_as_it_was")


@pytest.fixture(autouse=True)
def once_and_wide(monkeypatch):
    """No line of output is broken, and no step is repeated."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr("infrastructure.kernel.segments.ATTEMPTS", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


def run(container: Any, *arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], obj=Service(container, ENDPOINTS))


def lines_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in folder.glob("*.ndjson") for line in file.read_text().splitlines()]


def everything(container: Any) -> list[Crate]:
    return list(walk(container.crates(), Everything(), limit=MAX_PAGE))


def filled(container: Any, count: int) -> list[Crate]:
    container.crates().put_many(a_crate(f"Crate {number:04}") for number in range(count))
    return everything(container)


# Export


@pytest.mark.parametrize("segments", [1, 3])
def test_every_entity_that_import_takes_is_in_one_of_the_files_once(container, folder, segments):
    crates = filled(container, 700)
    container.specimens().add(a_specimen())

    result = run(container, "export", folder, "--segments", segments)

    assert result.exit_code == 0
    assert f"700 lines are in {folder}, 0 entities are not" in result.stderr
    if container.settings().persistence == "dynamodb":
        assert re.search(r"Exporting .* (70[01]) of about \1 records \d+:\d+:\d+", result.stderr), "with an estimate"
    assert sorted(line["id"] for line in lines_in(folder)) == sorted(crate.id for crate in crates)
    files = {f"segment-{number}-of-{segments}" for number in range(1, segments + 1)}
    assert {file.name for file in folder.iterdir()} == {
        ".lock",
        *(f"{file}.{kind}" for file in files for kind in ("ndjson", "json")),
    }


def test_what_was_exported_in_segments_is_imported(container, folder):
    crates = filled(container, 250)
    elsewhere = an_in_memory_container()

    run(container, "export", folder, "--segments", 3)
    result = run(elsewhere, "import", folder)

    assert result.exit_code == 0
    assert "250 added, 0 existing, 0 refused" in result.stderr
    assert everything(elsewhere) == crates


def stopped_after(container: Any, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the store fail in the step after so many."""
    store = container.persistence().store
    stretch, left = store.stretch, [steps]

    def failing(*arguments: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Unavailable("throttled")
        return stretch(*arguments)

    monkeypatch.setattr(store, "stretch", failing)


def test_an_export_that_was_stopped_goes_on_and_has_every_entity_once(container, folder, monkeypatch):
    crates = filled(container, 1200)

    with monkeypatch.context() as patch:
        stopped_after(container, 1, patch)
        stopped = run(container, "export", folder, "--segments", 1)
    before = len(lines_in(folder))
    with (folder / "segment-1-of-1.ndjson").open("ab") as file:
        file.write(b'{"type": "Crate", "id": "half a line that a killed com')
    result = run(container, "export", folder, "--segments", 1)

    assert isinstance(stopped.exception, Unavailable)
    assert 0 < before < 1200
    assert result.exit_code == 0
    assert f"1200 lines are in {folder}, 0 entities are not" in result.stderr
    assert sorted(line["id"] for line in lines_in(folder)) == sorted(crate.id for crate in crates)


def test_an_export_that_has_ended_is_not_begun_again(container, folder):
    filled(container, 3)
    run(container, "export", folder, "--segments", 2)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    filled(container, 1)

    result = run(container, "export", folder, "--segments", 2)

    assert f"{folder}: all was done in an earlier run, so nothing is done now" in result.stderr
    assert f"3 lines are in {folder}" in result.stderr
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_file_that_has_lost_its_end_is_refused(container, folder, monkeypatch):
    filled(container, 1200)
    with monkeypatch.context() as patch:
        stopped_after(container, 1, patch)
        run(container, "export", folder, "--segments", 1)
    (folder / "segment-1-of-1.ndjson").write_bytes(b"")

    result = run(container, "export", folder, "--segments", 1)

    assert isinstance(result.exception, InvalidArgument)
    assert "segment-1-of-1.ndjson: is shorter than it was; delete the folder, and begin again" in str(result.exception)


def test_two_exports_do_not_write_into_one_folder(container, folder):
    filled(container, 3)
    export = ("export", folder, "--segments", 1)

    with Checkpoints(folder, f"export of {container.persistence().place}", 1).held():
        beside = run(container, *export)
    afterwards = run(container, *export)

    assert isinstance(beside.exception, InvalidArgument)
    assert "is in use by another command" in str(beside.exception)
    assert f"3 lines are in {folder}" in afterwards.stderr


def test_a_folder_of_another_store_is_refused(container, folder):
    run(container, "export", folder, "--segments", 1)
    kept = folder / "segment-1-of-1.json"
    kept.write_text(kept.read_text().replace("export of", "export of another"))

    result = run(container, "export", folder, "--segments", 1)

    assert isinstance(result.exception, InvalidArgument)
    assert "has the progress of another task: export of another" in str(result.exception)


def test_a_file_in_place_of_the_folder_is_told(container, folder):
    folder.write_text("")

    result = run(container, "export", folder, "--segments", 1)

    assert isinstance(result.exception, InvalidArgument)
    assert "cannot be written: File exists" in str(result.exception)


# Import


@pytest.fixture
def elsewhere():
    return an_in_memory_container()


@pytest.fixture
def exported(folder: Path) -> list[str]:
    """Two files of a folder, with 250 lines each."""
    folder.mkdir()
    ids = [f"c{number:03}" for number in range(500)]
    lines = [json.dumps({"type": "Crate", "id": id, "name": f"Crate {id}"}) for id in ids]
    (folder / "a.ndjson").write_text("\n".join(lines[:250]))
    (folder / "b.ndjson").write_text("\ufeff" + "\n\n".join(lines[250:]) + "\n")
    return ids


def test_a_folder_is_imported_whatever_its_files_are_called(elsewhere, folder, exported):
    result = run(elsewhere, "import", folder)

    assert result.exit_code == 0
    assert "500 added, 0 existing, 0 refused" in result.stderr
    assert [crate.id for crate in everything(elsewhere)] == exported


def test_refused_lines_are_told_by_file_and_number(elsewhere, folder, exported):
    with (folder / "b.ndjson").open("a") as file:
        file.write('{"type": "Unicorn"}\n')

    result = run(elsewhere, "import", folder)

    assert result.exit_code == 1
    assert "b.ndjson, line 500: type: must be one of Crate" in result.stderr
    assert "500 added, 0 existing, 1 refused" in result.stderr


class Failing(InMemoryCrateRepository):
    """Takes all crates but one."""

    def add(self, entity: Crate, *events: Any) -> Crate:
        if entity.id == "c377":
            raise Unavailable("throttled")
        return super().add(entity, *events)


def test_an_import_goes_on_where_it_was_stopped(elsewhere, folder, exported, tmp_path):
    with (folder / "b.ndjson").open("a") as file:
        file.write('{"type": "Unicorn"}')
    import_ = ("import", folder, "--progress", tmp_path / "progress")

    with elsewhere.crates.override(Failing(elsewhere.persistence().store)):
        stopped = run(elsewhere, *import_)
    continued, once_more = run(elsewhere, *import_), run(elsewhere, *import_)

    assert isinstance(stopped.exception, Unavailable)
    assert (continued.exit_code, once_more.exit_code) == (1, 1)
    assert "b.ndjson, line 500: type: must be one of Crate" in continued.stderr
    assert "exists already" not in continued.stderr
    for result in (continued, once_more):
        assert "500 added, 0 existing, 1 refused" in result.stderr
    assert "line 500" not in once_more.stderr
    assert [crate.id for crate in everything(elsewhere)] == exported


class Dying(InMemoryCrateRepository):
    """Ends the command at one of the crates, as a kill does."""

    def add(self, entity: Crate, *events: Any) -> Crate:
        if entity.id == "c377":
            raise KeyboardInterrupt
        return super().add(entity, *events)


def test_no_more_than_100_lines_of_a_file_are_tried_again(elsewhere, folder, exported, tmp_path):
    (folder / "a.ndjson").unlink()
    import_ = ("import", folder, "--progress", tmp_path / "progress")

    with elsewhere.crates.override(Dying(elsewhere.persistence().store)):
        run(elsewhere, *import_)
    result = run(elsewhere, *import_)

    assert result.exit_code == 0
    assert "223 added, 27 existing, 0 refused" in result.stderr


@pytest.mark.parametrize("number", [1, 2])
def test_other_files_in_a_folder_are_not_passed_over_by_the_progress_of_an_earlier_import(
    elsewhere, folder, exported, tmp_path, number
):
    import_ = ("import", folder, "--progress", tmp_path / "progress")
    run(elsewhere, *import_)
    for file in [*folder.iterdir()][:number]:
        file.unlink()
    (folder / "c.ndjson").write_text('{"type": "Crate", "id": "new", "name": "New"}')

    result = run(elsewhere, *import_)

    assert isinstance(result.exception, InvalidArgument)
    assert "has the progress of another task: import of" in str(result.exception)


def test_the_progress_of_an_import_into_another_store_is_refused(elsewhere, folder, exported, tmp_path):
    import_ = ("import", folder / "a.ndjson", "--progress", tmp_path / "progress")
    run(elsewhere, *import_)
    kept = tmp_path / "progress" / "segment-1-of-1.json"
    kept.write_text(kept.read_text().replace(f" into {elsewhere.persistence().place}", " into another"))

    result = run(elsewhere, *import_)

    assert isinstance(result.exception, InvalidArgument)
    assert "has the progress of another task" in str(result.exception)


def test_a_file_is_imported_with_progress_too(elsewhere, folder, exported, tmp_path):
    results = [run(elsewhere, "import", folder / "a.ndjson", "--progress", tmp_path / "kept") for _ in range(2)]

    assert ["250 added, 0 existing, 0 refused" in result.stderr for result in results] == [True, True]


def test_an_export_that_is_not_complete_is_not_imported(container, elsewhere, folder, monkeypatch):
    filled(container, 1200)
    stopped_after(container, 1, monkeypatch)
    run(container, "export", folder, "--segments", 1)

    result = run(elsewhere, "import", folder)

    assert isinstance(result.exception, InvalidArgument)
    assert "is not complete: run the export again, which goes on with segment-1-of-1.ndjson" in str(result.exception)


def test_a_folder_without_files_is_told(elsewhere, tmp_path):
    result = run(elsewhere, "import", tmp_path)

    assert isinstance(result.exception, InvalidArgument)
    assert "has no files *.ndjson" in str(result.exception)


@pytest.mark.parametrize("file", ["-", "missing.ndjson"])
def test_only_what_has_places_can_be_continued(elsewhere, file, tmp_path):
    result = run(elsewhere, "import", file, "--progress", tmp_path)

    assert result.exit_code == 2
    assert f"{file} does not exist; with --progress it has to be a file or a folder" in result.stderr


# Limits


def test_a_store_that_counts_units_can_be_limited_and_another_one_says_that_it_cannot(container, folder):
    filled(container, 3)

    result = run(container, "export", folder, "--segments", 1, "--units", 1_000_000)

    if container.settings().persistence == "memory":
        assert isinstance(result.exception, Misconfigured)
        assert "counts no units of capacity" in str(result.exception)
    else:
        container.persistence().table.report = None
        assert result.exit_code == 0
