"""One `make run-dynamodb` at a time, which `make relay` finds, whatever became of the one before."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextlib import contextmanager
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.kernel import ministack
from tests.kernel.environment import ROOT
from tests.kernel.fixtures import ADAPTERS
from tests.kernel.ministack import free_port

NASTY = {
    "AWS_PROFILE": "nobody",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_CA_BUNDLE": "/nowhere/ca.pem",
    "AWS_CONFIG_FILE": "/nowhere/config",
    **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"),
}
PRINT = "import json, os; print(json.dumps(dict(os.environ)))"
OVER_THE_WIRE = [adapter.name for adapter in ADAPTERS if adapter.name.startswith("ministack")][:1]


@contextmanager
def answering(body: object, status: int = 200) -> Iterator[str]:
    """The address of a server of this machine that answers everything alike."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


@pytest.fixture
def running() -> Iterator[str]:
    """The address of what looks like a ministack."""
    with answering({"services": {"dynamodb": "available"}}) as address:
        yield address


def run(written: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command does that is run with this file for the address."""
    command = [
        sys.executable,
        "-m",
        "tests.kernel.ministack",
        "--prefix",
        "X_",
        *arguments,
        sys.executable,
        "-c",
        PRINT,
    ]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment, "MINISTACK_ADDRESS": str(written)},
        capture_output=True,
        text=True,
        check=False,
    )


def environment_of(finished: subprocess.CompletedProcess[str]) -> Mapping[str, str]:
    """That of the command."""
    assert finished.returncode == 0, finished.stderr
    return dict(json.loads(finished.stdout))


def test_a_relay_joins_the_ministack_whose_address_is_written_down(tmp_path, running):
    written = tmp_path / "address"
    written.write_text(running, encoding="utf-8")

    environment = environment_of(run(written, "--join", **NASTY))

    assert (environment["X_DYNAMODB_ENDPOINT"], environment["X_PERSISTENCE"]) == (running, "dynamodb")
    assert written.read_text(encoding="utf-8") == running


def test_no_account_and_no_endpoint_of_the_shell_reaches_the_service(tmp_path, running):
    written = tmp_path / "address"
    written.write_text(running, encoding="utf-8")

    environment = environment_of(run(written, "--join", **NASTY))

    assert environment["AWS_ACCESS_KEY_ID"] == "local"
    assert {"AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"}.isdisjoint(environment)
    assert environment["AWS_CONFIG_FILE"] == os.devnull
    assert "127.0.0.1" in environment["NO_PROXY"].split(",")


def test_a_relay_without_a_ministack_says_what_to_start(tmp_path):
    finished = run(tmp_path / "address", "--join")

    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr == "No ministack is running: start `make run-dynamodb` in another terminal first\n"


STALE: Mapping[str, Callable[[], AbstractContextManager[str]]] = {
    "nobody": lambda: nullcontext(f"http://127.0.0.1:{free_port()}"),
    "another program": lambda: answering({"status": "up"}),
    "a program of lists": lambda: answering([]),
    "a program that knows no such path": lambda: answering({"services": {"dynamodb": "available"}}, status=404),
    "no address": lambda: nullcontext("nonsense"),
    "nothing": lambda: nullcontext(""),
}


@pytest.mark.parametrize("who", STALE)
def test_a_relay_is_told_that_nobody_is_left_at_the_address_that_is_written_down(tmp_path, who):
    written = tmp_path / "address"

    with STALE[who]() as address:
        written.write_text(address, encoding="utf-8")
        finished = run(written, "--join")

    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr == (
        f"The ministack at {address} was killed: start `make run-dynamodb` in another terminal again\n"
    )


def test_a_second_run_is_told_that_one_is_running_and_leaves_its_address_alone(tmp_path, running):
    written = tmp_path / "address"
    written.write_text(running, encoding="utf-8")

    finished = run(written)

    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr.startswith(f"A ministack is running already, at {running}: stop the `make run-dynamodb`")
    assert str(written) in finished.stderr
    assert written.read_text(encoding="utf-8") == running


@pytest.fixture
def written(tmp_path, monkeypatch, running) -> Path:
    """The file for the address, of a ministack of its own that is `running`."""
    path = tmp_path / "address"
    monkeypatch.setattr(ministack, "ADDRESS", path)
    monkeypatch.setattr(ministack, "ministack", lambda: nullcontext(running))
    return path


@pytest.mark.parametrize("before", [None, "nonsense"], ids=["after-none", "after-one-that-was-killed"])
def test_an_address_is_written_down_as_long_as_somebody_answers_there(written, running, before):
    if before is not None:
        written.write_text(before, encoding="utf-8")

    with ministack.written_down() as address:
        meanwhile = written.read_text(encoding="utf-8")

    assert meanwhile == address == running
    assert not written.exists()


def test_the_address_of_another_is_not_deleted(written):
    with ministack.written_down():
        written.write_text("http://127.0.0.1:1", encoding="utf-8")

    assert written.read_text(encoding="utf-8") == "http://127.0.0.1:1"


def test_an_address_that_is_gone_already_ends_nothing(written):
    with ministack.written_down():
        written.unlink()

    assert not written.exists()


def test_of_two_that_start_at_once_one_is_told(written, running, monkeypatch):
    @contextmanager
    def overtaken() -> Iterator[str]:
        written.write_text(running, encoding="utf-8")
        yield "http://127.0.0.1:1"

    monkeypatch.setattr(ministack, "ministack", overtaken)

    with pytest.raises(SystemExit, match="is running already"), ministack.written_down():
        pass

    assert written.read_text(encoding="utf-8") == running


@pytest.mark.adapters
@pytest.mark.skipif(not OVER_THE_WIRE, reason="ministack is not among the adapters")
def test_a_command_has_a_ministack_in_any_shell(tmp_path):
    written = tmp_path / "address"
    written.write_text(f"http://127.0.0.1:{free_port()}", encoding="utf-8")

    environment = environment_of(run(written, **NASTY))

    assert environment["X_DYNAMODB_ENDPOINT"].startswith("http://127.0.0.1:")
    assert not written.exists()


def test_a_server_that_answers_its_first_questions_too_late_is_waited_for(monkeypatch):
    asked: list[str] = []
    late = [TimeoutError("timed out"), URLError("refused"), ConnectionResetError()]

    def answer(url: str, timeout: float) -> AbstractContextManager[None]:
        asked.append(url)
        if late:
            raise late.pop()
        return nullcontext()

    monkeypatch.setattr(ministack.DIRECTLY, "open", answer)

    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:
        ministack.wait_for("http://127.0.0.1:1", server)

    assert len(asked) == 4
