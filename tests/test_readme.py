"""What the documents say is so: commands answer as printed, tables and names are those of the code, links lead on."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from socket import create_server
from typing import Any
from typing import Literal
from typing import get_args
from typing import get_origin

import pytest

from infrastructure.settings import PREFIX
from infrastructure.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SOURCES = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("[!.]*/**/*.py")]

SERVERS: Mapping[str, Mapping[str, str]] = {"memory": {}}
"""The environment of each server that the tour is taken on."""

PRINTED_ADDRESS = "http://127.0.0.1:8080"
CURL_WITH_HEADERS = (7, 84)
START_SECONDS = 30
STOP_SECONDS = 10

_MARK = "\x1e"
_ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")


@dataclass(frozen=True)
class Step:
    """A command of the tour, and the output printed under it."""

    command: str
    output: str


class TestTheTour:
    @pytest.mark.parametrize("environment", SERVERS.values(), ids=SERVERS)
    def test_every_command_answers_as_printed(self, environment, tmp_path):
        _require_tools()
        steps = _tour(README)

        with _serving(environment, tmp_path) as address:
            answers = _take(steps, address, tmp_path)

        printed, given = _Labels(), _Labels()
        for step, (output, exit_code) in zip(steps, answers, strict=True):
            expected, got = printed(step.output), given(output.replace(address, PRINTED_ADDRESS))
            if (got, exit_code) != (expected, 0):
                pytest.fail(f"$ {step.command}\n\nexpected:\n{expected}\n\ngot, with exit code {exit_code}:\n{got}")

    def test_it_has_commands(self):
        assert len(_tour(README)) > 10


def test_the_settings_are_listed_with_their_defaults_values_and_meanings():
    rows = re.findall(rf"^\| (`{PREFIX}.*) \|$", README, re.MULTILINE)

    assert [tuple(cell.strip() for cell in row.split("|")) for row in rows] == [
        (
            f"`{PREFIX}{name.upper()}`",
            "" if field.default is None else f"`{_written(field.default)}`",
            ", ".join(f"`{value}`" for value in _values(field.annotation)),
            field.description,
        )
        for name, field in Settings.model_fields.items()
    ]


def test_the_example_of_an_environment_has_every_setting_with_its_default():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    given = [(above, line) for above, line in pairwise(lines) if line.removeprefix("# ").startswith(PREFIX)]

    assert given == [
        (
            f"# {field.description}",
            f"# {PREFIX}{name.upper()}="
            if field.default is None
            else f"{PREFIX}{name.upper()}={_written(field.default)}",
        )
        for name, field in Settings.model_fields.items()
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_relative_link_leads_to_a_file(document):
    targets = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    paths = [target.partition("#")[0] for target in targets if "://" not in target]

    assert [path for path in paths if not (document.parent / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_module_and_folder_named_exists(document):
    text = document.read_text(encoding="utf-8")
    modules = set(re.findall(r"(?<![\w/.])[\w/.-]+\.py\b", text))
    folders = set(re.findall(r"(?<![\w/])(?:domain|usecases|infrastructure|tests|benchmarks|docs)(?:/[\w-]+)*/", text))

    missing = {module for module in modules if not any(f"/{path}".endswith(f"/{module}") for path in SOURCES)}
    missing |= {folder for folder in folders if not (ROOT / folder).is_dir()}

    assert missing == set()


def test_every_target_of_make_that_is_named_exists():
    named = set(re.findall(r"(?:`|^|\$ )make ([a-z-]+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert named
    assert named <= targets


class _Labels:
    """Replaces each ULID by a label, in order of first appearance, so that two runs can be compared."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        return _ULID.sub(lambda found: self._labels.setdefault(found[0], f"<id {len(self._labels) + 1}>"), text).strip()


def _tour(document: str) -> list[Step]:
    """The commands in the console blocks of `document`; all lines up to the next command are the output of one."""
    steps = []
    for block in re.findall(r"^```console\n(.*?)^```$", document, re.MULTILINE | re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = step.partition("\n")
            steps.append(Step(command, output))
    return steps


def _take(steps: list[Step], address: str, home: Path) -> list[tuple[str, int]]:
    """The output and exit code of every command, all run by one bash."""
    script = "".join(f"{step.command}\nprintf '{_MARK}%s{_MARK}' $?\n" for step in steps)
    finished = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script.replace(PRINTED_ADDRESS, address)],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=START_SECONDS,
        check=False,
    )
    parts = finished.stdout.split(_MARK)
    return [(output, int(code)) for output, code in zip(parts[::2], parts[1::2], strict=False)]


@contextmanager
def _serving(environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    """The address of a server of this service, started with `environment`, and stopped in the end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [Path(sys.executable).with_name("team-service"), "serve", "--port", str(port)],
            env={**inherited, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_readiness(port, server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await_readiness(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if _is_ready(port):
            return
        time.sleep(0.05)
    pytest.fail(f"the server was not ready in time; its log:\n{log.read_text(encoding='utf-8', errors='replace')}")


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _require_tools() -> None:
    if not (shutil.which("bash") and shutil.which("curl")):
        pytest.skip("the tour is for bash and curl")
    version = subprocess.run(["curl", "--version"], capture_output=True, encoding="utf-8", check=True).stdout
    if tuple(map(int, version.split()[1].split(".")[:2])) < CURL_WITH_HEADERS:
        pytest.skip(f"the tour is for curl {'.'.join(map(str, CURL_WITH_HEADERS))} or later")


def _written(default: object) -> str:
    """A default as the environment has it."""
    return str(default).lower() if isinstance(default, bool) else str(default)


def _values(annotation: Any) -> tuple[Any, ...]:
    """The values that a setting can have, if they are few."""
    return get_args(annotation) if get_origin(annotation) is Literal else ()
