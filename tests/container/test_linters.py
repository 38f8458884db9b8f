"""`make check-container` finds what is wrong with the files of the container."""

import re
import shutil
import subprocess

import pytest

from tests.container.dockerfile import ROOT

FILES = ("Makefile", "Dockerfile", "compose.yaml", "pyproject.toml", "constraints.txt")


@pytest.fixture
def checked(tmp_path):
    """Runs `make check-container` on a copy in which `pattern`, found in a file, is `replacement`."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")

    def checked(name: str, pattern: str, replacement: str) -> subprocess.CompletedProcess[str]:
        text = (tmp_path / name).read_text(encoding="utf-8")
        changed = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        assert changed != text or pattern == ""
        (tmp_path / name).write_text(changed, encoding="utf-8")
        command = ["make", "--old-file=.venv/installed", "check-container"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return checked


def test_what_is_here_passes(checked):
    finished = checked("Dockerfile", "", "")

    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize(
    ("pattern", "replacement", "told"),
    [
        (r"^FROM python:\S+", "FROM python", "DL3006"),
        (r"^FROM python:\S+", "FROM python:latest", "DL3007"),
        (r"^USER .*", "USER root", "DL3002"),
        (r"^CMD .*", "CMD serve", "DL3025"),
        (r"^FROM base AS service", "FROM nothing AS service\nENTRYPOINT", "missing whitespace"),
    ],
)
def test_hadolint_refuses_a_broken_dockerfile(checked, pattern, replacement, told):
    finished = checked("Dockerfile", pattern, replacement)

    assert finished.returncode != 0
    assert told in finished.stdout + finished.stderr


@pytest.mark.parametrize(
    ("pattern", "replacement", "told"),
    [
        (r"cap_drop: \[ALL\]", "cap_drop: ALL", "cap_drop"),
        (r"^    ports:", "    portz:", "portz"),
        (r"condition: service_healthy", "condition: service_happy", "service_happy"),
    ],
)
def test_the_schema_of_compose_refuses_a_broken_file(checked, pattern, replacement, told):
    finished = checked("compose.yaml", pattern, replacement)

    assert finished.returncode != 0
    assert told in finished.stdout + finished.stderr
