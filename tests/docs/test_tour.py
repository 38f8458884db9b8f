"""The tour of docs/tour.md answers as printed, in memory and on ministack."""

import json
import os
import re
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.processes import ROOT
from tests.docs.processes import SERVERS
from tests.docs.processes import START_SECONDS
from tests.docs.processes import TOURED
from tests.docs.processes import await_line
from tests.docs.processes import relaying
from tests.docs.processes import serving

TOUR = (ROOT / "docs/tour.md").read_text(encoding="utf-8")

PRINTED_ADDRESS = "http://127.0.0.1:8080"
CURL_WITH_HEADERS = (7, 84)

_MARK = "\x1e"
_ULID = re.compile(r"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_TRACE = re.compile(r"\b(00-)?[0-9a-f]{32}(-[0-9a-f]{16}-00)?\b")


@dataclass(frozen=True)
class Step:
    """A command of the tour, and the output printed under it."""

    command: str
    output: str


@pytest.mark.adapters
@pytest.mark.parametrize("adapter_name", TOURED)
def test_every_command_of_the_tour_answers_as_printed(adapter_name, tmp_path):
    _require_tools()
    steps = _tour(TOUR)

    with serving(*SERVERS[adapter_name], tmp_path) as address:
        answers = _take(steps, address, tmp_path)

    printed, given = _Labels(), _Labels()
    for step, (output, exit_code) in zip(steps, answers, strict=True):
        expected, got = printed(step.output), given(output.replace(address, PRINTED_ADDRESS))
        if (got, exit_code) != (expected, 0):
            pytest.fail(f"$ {step.command}\n\nexpected:\n{expected}\n\ngot, with exit code {exit_code}:\n{got}")


@pytest.mark.adapters
@pytest.mark.parametrize("adapter_name", TOURED)
def test_the_event_that_the_tour_shows_is_printed_by_whoever_carries_it(adapter_name, tmp_path):
    _require_tools()
    [printed] = re.findall(r"^```json\n(.*?)^```$", TOUR, re.MULTILINE | re.DOTALL)
    command_line, environment = SERVERS[adapter_name]

    with serving(command_line, environment, tmp_path) as address, ExitStack() as stack:
        log = tmp_path / "server.log"
        if adapter_name != "memory":
            log = stack.enter_context(relaying(environment, tmp_path))
        _take(_tour(TOUR), address, tmp_path)
        told = await_line(log, json.loads(printed)["data"]["name"])

    assert _Labels()(told[told.index("{") :]) == _Labels()(printed)


def test_the_tour_has_commands():
    assert len(_tour(TOUR)) > 10


class _Labels:
    """Replaces each ULID by a label, in order of first appearance, so that two runs can be compared.

    So are times, and the ids of requests and their traces.
    """

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        labelled = _ULID.sub(lambda found: self._labels.setdefault(found[0], f"<id {len(self._labels) + 1}>"), text)
        return _TRACE.sub("<trace>", _TIME.sub("<time>", labelled)).strip()


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


def _require_tools() -> None:
    if not (shutil.which("bash") and shutil.which("curl")):
        pytest.fail("the tour is for bash and curl: install them")
    version = subprocess.run(["curl", "--version"], capture_output=True, encoding="utf-8", check=True).stdout
    if tuple(map(int, version.split()[1].split(".")[:2])) < CURL_WITH_HEADERS:
        pytest.fail(f"the tour is for curl {'.'.join(map(str, CURL_WITH_HEADERS))} or later: install it")
