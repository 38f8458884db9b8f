"""The image of the service: what is in it, and how it starts, answers and stops. No container engine is needed."""

import json
import os
import re
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

import pytest

from infrastructure.settings import Settings
from tests.container.dockerfile import ROOT
from tests.container.dockerfile import reaches_the_builder
from tests.container.dockerfile import stages
from tests.container.image import STRANGER
from tests.container.image import Image
from tests.kernel.ministack import free_port
from tests.kernel.ministack import ministack
from tests.kernel.ministack import wait_for

STAGES = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))
SERVICE = STAGES["service"]
STOP_SECONDS = 60
LIST = "import importlib.metadata as m, json; print(json.dumps([d.name for d in m.distributions()]))"


def pins(name: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9._-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def no_byte_to_any_file() -> None:
    """What a read-only file system forbids, whoever asks, root included: nothing can be written but to pipes and sockets."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@contextmanager
def running(built: Image) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """The image as a container: its entry point, its variables and no others, on a free port of this machine."""
    command = [*SERVICE.command("ENTRYPOINT"), *SERVICE.command("CMD")]
    before = built.files()
    with free_port() as port:
        own = {Settings.variable("http_host"): "127.0.0.1", Settings.variable("http_port"): str(port)}
        environment = {**built.environment(SERVICE), **own}
        with subprocess.Popen(
            command,
            executable=built.root / "opt/venv/bin" / command[0],
            env=environment,
            cwd=built.root,
            preexec_fn=no_byte_to_any_file,
            **built.stranger(),  # type: ignore[call-overload]  # mypy cannot match keywords of a dict
        ) as process:
            try:
                wait_for(f"http://127.0.0.1:{port}/health/live", process)
                yield process, environment
            finally:
                process.terminate()
    assert built.files() == before


def health(built: Image, environment: dict[str, str]) -> int:
    """The exit code of the health check: 0 is healthy."""
    command = SERVICE.command("HEALTHCHECK")
    return subprocess.run(
        command, executable=built.root / "opt/venv/bin" / command[0], env=environment, capture_output=True, check=False
    ).returncode


def test_what_is_installed_in_it_is_what_is_tested():
    for name in ("constraints/server.txt", "constraints/build.txt"):
        assert pins(name)
        assert pins(name) - pins("constraints/dev.txt") == set()


def test_it_has_the_service_what_is_pinned_and_no_tool(built):
    listed = subprocess.run(
        [built.root / "opt/venv/bin/python", "-c", LIST], cwd=built.root, capture_output=True, check=True
    )

    installed = {name.lower().replace("_", "-") for name in json.loads(listed.stdout)}
    assert Settings.service in installed
    assert installed - {Settings.service} <= {pin.partition("==")[0] for pin in pins("constraints/server.txt")}


@pytest.mark.parametrize("python", ["base/bin/python", "opt/venv/bin/python"])
def test_nothing_can_be_installed_into_it(built, python):
    finished = subprocess.run([built.root / python, "-m", "pip"], cwd=built.root, capture_output=True, check=False)

    assert b"No module named pip" in finished.stderr


def test_it_serves_without_writing_a_file_is_healthy_and_ends_with_0_on_sigterm(built):
    with running(built) as (process, environment):
        assert health(built, environment) == 0

        process.send_signal(signal.SIGTERM)

        assert process.wait(STOP_SECONDS) == 0


def test_it_is_not_healthy_when_nothing_answers(built):
    environment = {**built.environment(SERVICE), Settings.variable("http_port"): "1"}

    assert health(built, environment) != 0


def test_the_health_check_of_ministack_sees_whether_it_answers(built):
    command = STAGES["ministack"].command("HEALTHCHECK")

    def code(port: str) -> int:
        environment = {**os.environ, "GATEWAY_PORT": port}
        return subprocess.run(
            command, executable=built.root / "opt/venv/bin/python", env=environment, capture_output=True, check=False
        ).returncode

    with ministack() as address:
        assert code(address.rpartition(":")[2]) == 0
    assert code("1") != 0


@pytest.mark.parametrize("name", ["service", "ministack"])
def test_it_runs_as_a_user_by_number_whom_nobody_made(name):
    assert STAGES[name].all("USER")[-1] == f"{STRANGER}:{STRANGER}"


def test_the_service_is_built_when_nobody_says_what():
    assert list(STAGES)[-1] == "service"


@pytest.mark.parametrize("path", [".env", ".env.local", ".git/config", "dist/lambda-arm64.zip", "tests/conftest.py"])
def test_what_is_secret_or_not_needed_does_not_reach_the_builder(path):
    ignoring = (ROOT / ".dockerignore").read_text(encoding="utf-8")

    assert not reaches_the_builder(PurePosixPath(path), ignoring)
    assert not reaches_the_builder(PurePosixPath("domain/__pycache__/any.cpython-313.pyc"), ignoring)
    assert reaches_the_builder(PurePosixPath("domain/__init__.py"), ignoring)
