"""The command line: import, export, the document, and wrong settings."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from dependency_injector.providers import Callable
from typer.testing import CliRunner

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Unavailable
from domain.kernel.repository import Everything
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from infrastructure.kernel.events.schemas import event_schema
from infrastructure.kernel.http.app import create_app
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.cli import COMMAND
from tests.kernel.service.container import Container
from tests.kernel.service.domain import CrateCreated
from tests.kernel.service.domain import CrateRemoved
from tests.kernel.service.domain import CrateRenamed
from tests.kernel.service.domain import SpecimenAssembled
from tests.kernel.service.domain import SpecimenPriced
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.repositories import InMemoryCrateRepository
from tests.kernel.service.settings import PREFIX
from tests.kernel.service.settings import SOURCE

GOOD = '{"type": "Crate", "id": "s1", "name": "Northern Rail"}'


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    return an_in_memory_container()


pytestmark = pytest.mark.usefixtures("process_as_it_was")


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """No line of output is broken."""
    monkeypatch.setenv("COLUMNS", "300")


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "crates.ndjson"


def run(container, *arguments, stdin=None):
    service = Service(container, ENDPOINTS)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, obj=service)


def all_crates(container):
    return list(container.crates().page(Everything(), limit=500).items)


# Import


def test_an_import_adds_every_entity_under_its_id_with_its_event(container, file):
    file.write_text(f'{GOOD}\n{{"type": "Crate", "id": "s2", "name": "Southern Rail", "version": 7}}\n')

    result = run(container, "import", file)

    assert result.exit_code == 0
    assert "2 added, 0 existing, 0 refused" in result.stderr
    assert [(each.id, each.name, each.version) for each in all_crates(container)] == [
        ("s1", "Northern Rail", 1),
        ("s2", "Southern Rail", 1),
    ]
    assert [(type(event), event.aggregate_id) for event in container.event_bus().published] == [
        (CrateCreated, "s1"),
        (CrateCreated, "s2"),
    ]


def test_an_import_that_is_run_again_adds_nothing_and_is_no_failure(container, file):
    file.write_text(f"{GOOD}\n")
    run(container, "import", file)
    stored = all_crates(container)

    file.write_text(GOOD.replace("Northern", "Southern"))
    again = run(container, "import", file)

    assert again.exit_code == 0
    assert "line 1: Crate s1 exists already" in again.stderr
    assert "0 added, 1 existing, 0 refused" in again.stderr
    assert all_crates(container) == stored
    assert len(container.event_bus().published) == 1


def test_refused_lines_are_listed_by_number_and_reason_and_the_exit_code_tells(container, file):
    refused = [b"{", b'"\xff"', b'{"type": "Unicorn"}', b'{"type": "Crate", "id": "..", "name": "x"}']
    file.write_bytes(b"\n".join([b"", GOOD.encode(), *refused]))

    result = run(container, "import", file)

    assert result.exit_code == 1
    assert "1 added, 0 existing, 4 refused" in result.stderr
    told = [line for line in result.stderr.splitlines() if line.startswith("line ")]
    assert [line.partition(":")[0] for line in told] == ["line 3", "line 4", "line 5", "line 6"]
    assert ["is not JSON" in told[0], "is not JSON" in told[1], "type: " in told[2], "id: " in told[3]] == [True] * 4
    assert [crate.id for crate in all_crates(container)] == ["s1"]


def test_an_oversized_line_is_refused_and_the_others_are_imported(container, file):
    file.write_text(GOOD.replace("s1", "s2").ljust(3 * 1024 * 1024) + f"\n{GOOD}\n")

    result = run(container, "import", file)

    assert result.exit_code == 1
    assert "line 1: line: must have at most 1048576 bytes" in result.stderr
    assert [crate.id for crate in all_crates(container)] == ["s1"]


def test_an_import_reads_stdin(container):
    result = run(container, "import", "-", stdin=f"\n{GOOD}\n")

    assert result.exit_code == 0
    assert "1 added" in result.stderr


def test_what_is_told_of_a_line_is_told_as_it_is(container, file):
    file.write_text('{"type": "Crate", "id": "s1", "name": "x", "[bold]colour[/nope]": 1}')

    result = run(container, "import", file)

    assert "line 1: [bold]colour[/nope]: Extra inputs are not permitted" in result.stderr


def test_what_is_told_of_a_line_is_one_line_however_narrow_the_terminal(container, file, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    file.write_text('{"type": "Crate", "id": "..", "name": "", "colour": "a long story of many colours"}')

    result = run(container, "import", file)

    told = [line for line in result.stderr.splitlines() if line.startswith("line 1: ")]
    assert len(told) == 1
    assert all(word in told[0] for word in ("id: ", "name: ", "colour: "))


def test_an_import_of_nothing_adds_nothing(container, file):
    file.write_bytes(b"")

    result = run(container, "import", file)

    assert result.exit_code == 0
    assert "0 added, 0 existing, 0 refused" in result.stderr


def test_an_import_of_a_file_that_is_not_there_fails(container, file):
    assert run(container, "import", file).exit_code == 2


def test_an_import_that_the_store_cuts_short_can_be_run_again(container, file):
    file.write_text(f"{GOOD}\n{GOOD.replace('s1', 's2')}\n")

    class Failing(InMemoryCrateRepository):
        def add(self, entity, *events):
            if entity.id == "s2":
                raise Unavailable("throttled")
            return super().add(entity, *events)

    with container.crates.override(Failing(container.persistence().store)):
        cut_short = run(container, "import", file)
    again = run(container, "import", file)

    assert isinstance(cut_short.exception, Unavailable)
    assert again.exit_code == 0
    assert "1 added, 1 existing, 0 refused" in again.stderr


# Export


def test_what_is_exported_to_a_file_is_imported_from_it(container, file):
    for name in ("Ünïted 🏟", "\u0301", "a\u2028b", "x" * 100):
        container.crates().add(a_crate(name))
    elsewhere = an_in_memory_container()

    exported = run(container, "export", file)
    imported = run(elsewhere, "import", file)

    assert (exported.exit_code, imported.exit_code) == (0, 0)
    assert "4 added, 0 existing, 0 refused" in imported.stderr
    assert all_crates(elsewhere) == all_crates(container)


def test_an_export_leaves_out_what_no_import_would_take(container):
    container.crates().add(a_crate())
    container.specimens().add(a_specimen())

    result = run(container, "export", "-")

    assert [json.loads(line)["type"] for line in result.stdout.splitlines()] == ["Crate"]


def test_an_export_writes_to_stdout_nothing_but_its_lines(container):
    container.crates().add(a_crate("Northern Rail"))

    result = run(container, "export", "-")

    assert result.exit_code == 0
    [line] = result.stdout.splitlines()
    assert json.loads(line)["name"] == "Northern Rail"


def test_an_export_replaces_the_file_when_it_succeeds(container, file):
    file.write_text("old")

    result = run(container, "export", file)

    assert result.exit_code == 0
    assert file.read_text() == ""


def test_an_export_that_fails_leaves_the_file_as_it_was_and_nothing_beside_it(container, file):
    file.write_text("old")
    container.crates().put_many(a_crate(f"Number {number}") for number in range(501))

    class Failing(InMemoryCrateRepository):
        def page(self, query, *, limit, cursor=None):
            if cursor is not None:
                raise Unavailable("throttled")
            return super().page(query, limit=limit)

    container.persistence().crates = Failing(container.persistence().store)

    result = run(container, "export", file)

    assert isinstance(result.exception, Unavailable)
    assert file.read_text() == "old"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("command", ["import", "export"])
def test_who_forgets_to_choose_a_store_is_told(container, file, command):
    file.write_text("")

    assert f"{PREFIX}PERSISTENCE is memory" in run(container, command, file).stderr


# Events


def test_a_schema_per_event_is_written(tmp_path):
    command = [*COMMAND, "events", "schema", tmp_path / "new"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 0, ended.stderr
    written = {file.name: json.loads(file.read_text()) for file in (tmp_path / "new").iterdir()}
    kinds = (CrateCreated, CrateRenamed, CrateRemoved, SpecimenPriced, SpecimenAssembled)
    assert written == {f"{kind.__name__}.json": event_schema(kind, SOURCE) for kind in kinds}


def test_in_memory_there_is_nothing_to_relay(container):
    result = run(container, "relay")

    assert isinstance(result.exception, Misconfigured)
    assert "needs no relay" in str(result.exception)


# The rest


def test_the_openapi_document_is_printed_without_a_store(container):
    with container.persistence.override(Callable(lambda: 1 / 0)):
        result = run(container, "openapi")

    assert result.exit_code == 0


def test_the_openapi_document_is_printed_as_json(container):
    result = run(container, "openapi")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(
        json.dumps(create_app(container, ENDPOINTS, host="127.0.0.1").openapi())
    )


def test_without_a_command_help_is_given(container):
    result = run(container)

    assert "import" in result.output
    assert "export" in result.output
    assert "serve" in result.output


def test_wrong_settings_end_a_command_with_one_line_that_names_them_all():
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    wrong = {f"{PREFIX}HTTP_PORT": "x", f"{PREFIX}HTTP_PROT": "1"}

    ended = subprocess.run([*COMMAND, "serve"], env=environment | wrong, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 1
    assert f"{PREFIX}HTTP_PORT: " in ended.stderr.replace("\n", " ")
    assert f"{PREFIX}HTTP_PROT: " in ended.stderr.replace("\n", " ")
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
