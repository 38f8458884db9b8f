"""What import reads and export writes: files, links, pipes, devices, and what is none of them."""

import json
import logging
import os
import signal
import stat
import subprocess
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner
from typer.testing import Result

from domain.kernel.errors import InvalidArgument
from infrastructure.kernel.cli import Service
from infrastructure.kernel.commands import app
from tests.kernel.builders.containers import an_in_memory_container
from tests.kernel.builders.crates import a_crate
from tests.kernel.service.cli import COMMAND
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS
from tests.kernel.service.repositories import InMemoryCrateRepository
from tests.kernel.service.settings import PREFIX

DEADLINE_SECONDS = 60
LINES = [b'{"type":"Crate","id":"s%d","name":"Crate %d"}\n' % (number, number) for number in range(1, 4)]


pytestmark = pytest.mark.usefixtures("process_as_it_was")


@pytest.fixture
def container() -> Container:
    """No adapter has a part in this."""
    container = an_in_memory_container()
    container.crates().add(a_crate("Northern Rail"))
    return container


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crates.ndjson"


def run(container: Container, *arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], input=stdin, obj=Service(container, ENDPOINTS))


def names(lines: str) -> list[str]:
    return [json.loads(line)["name"] for line in lines.splitlines()]


def refused(result: Result) -> str:
    """Why the argument was, which is one of the errors that are told in one line."""
    assert isinstance(result.exception, InvalidArgument)
    return str(result.exception)


# Export


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664])
def test_a_file_that_is_replaced_keeps_its_permissions(container, file, mode):
    file.write_text("old")
    file.chmod(mode)

    assert run(container, "export", file).exit_code == 0

    assert names(file.read_text()) == ["Northern Rail"]
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_that_the_umask_leaves(container, file):
    umask = os.umask(0o027)
    try:
        run(container, "export", file)
    finally:
        os.umask(umask)

    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("is_there", [True, False], ids=["a-file", "nothing"])
def test_a_link_stays_and_what_it_leads_to_is_replaced(container, file, is_there):
    (file.parent / "elsewhere").mkdir()
    target = file.parent / "elsewhere" / "target.ndjson"
    if is_there:
        target.write_text("old")
    file.symlink_to(target)

    assert run(container, "export", file).exit_code == 0

    assert file.is_symlink()
    assert names(target.read_text()) == ["Northern Rail"]
    assert sorted(each.name for each in file.parent.rglob("*")) == ["crates.ndjson", "elsewhere", "target.ndjson"]


def test_a_pipe_is_written_to(container, file):
    os.mkfifo(file)
    read: list[str] = []
    reader = Thread(target=lambda: read.append(file.read_text()), daemon=True)
    reader.start()

    assert run(container, "export", file).exit_code == 0
    reader.join(DEADLINE_SECONDS)

    assert names(read[0]) == ["Northern Rail"]
    assert stat.S_ISFIFO(file.stat().st_mode)


def test_a_device_is_written_to(container):
    assert run(container, "export", "/dev/null").exit_code == 0

    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it, others do not")
def test_a_device_that_is_full_is_told(container):
    assert "/dev/full: cannot be written: No space left on device" in refused(run(container, "export", "/dev/full"))


def test_a_folder_is_told(container, tmp_path):
    assert "cannot be written: Is a directory" in refused(run(container, "export", tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(container, file):
    assert "cannot be written: No such file or directory" in refused(run(container, "export", file / "crates.ndjson"))


def test_a_file_in_the_place_of_a_folder_is_told(container, file):
    file.write_text("old")

    assert "cannot be written: Not a directory" in refused(run(container, "export", file / "crates.ndjson"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_leaves_the_file_as_it_was_and_nothing_beside_it(container, file, number):
    file.write_text("old")

    class Interrupted(InMemoryCrateRepository):
        def page(self, query, *, limit, cursor=None):
            signal.raise_signal(number)
            return super().page(query, limit=limit)

    container.persistence().crates = Interrupted(container.persistence().store)

    result = run(container, "export", file)

    assert result.exit_code != 0
    assert file.read_text() == "old"
    assert list(file.parent.iterdir()) == [file]


# Import


def test_a_seekable_stdin_is_read_from_where_it_stands(file):
    file.write_bytes(b"a heading\n" + b"".join(LINES))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}

    with file.open("rb", buffering=0) as stdin:
        stdin.seek(len(b"a heading\n"))
        ended = subprocess.run(
            [*COMMAND, "import", "-"],
            stdin=stdin,
            env=environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
        )

    assert "3 added, 0 existing, 0 refused" in ended.stderr
    assert ended.returncode == 0


def test_a_byte_order_mark_before_the_first_line_is_passed_over(container, file):
    file.write_bytes(b"\xef\xbb\xbf" + b"".join(LINES))

    result = run(container, "import", file)

    assert "3 added, 0 existing, 0 refused" in result.stderr


def test_a_byte_order_mark_alone_is_an_empty_file(container):
    assert "0 added, 0 existing, 0 refused" in run(container, "import", "-", stdin=b"\xef\xbb\xbf\n").stderr


@pytest.mark.parametrize("escape", ["\x1b]0;owned\x07", "\x1b[2J", "\x9b2J", "\r", "\x08", "\u202e"], ids=ascii)
def test_no_terminal_obeys_what_an_import_tells(container, file, escape):
    file.write_text(json.dumps({"type": "Crate", "id": "s1", "name": "x", f"{escape}1": 1}))

    result = run(container, "import", file)

    assert "1 refused" in result.stderr
    assert escape not in result.stderr
    assert f"line 1: {escape.encode('unicode_escape').decode()}1: " in result.stderr


def test_a_name_of_any_script_is_told_as_it_is(container, file):
    file.write_text(json.dumps({"type": "Crate", "id": "s1", "name": "x", "Ünïted 🏟 東京": 1}))

    assert "line 1: Ünïted 🏟 東京: " in run(container, "import", file).stderr


def test_no_terminal_obeys_what_the_log_tells(container, capsys):
    run(container, "export", "-")
    [handler] = logging.getLogger().handlers

    shown = handler.format(logging.makeLogRecord({"msg": "named %s", "args": ("\x1b[2J\x9b2J",)}))

    assert shown.endswith(r"named \x1b[2J\x9b2J")
