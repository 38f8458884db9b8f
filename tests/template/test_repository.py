"""A service begins in a git repository, and where git refuses it is made without."""

import os
from pathlib import Path

import pytest

from tests.template.services import ORDER
from tests.template.services import ROOT
from tests.template.services import Finished
from tests.template.services import Service
from tests.template.services import git
from tests.template.services import run
from tests.template.services import service


def test_everything_is_staged_in_a_repository_of_its_own(tmp_path):
    made = service(tmp_path / "new", **ORDER)

    assert git(made.folder, "rev-parse", "--show-toplevel").strip() == str(made.folder)
    assert {*git(made.folder, "ls-files").splitlines()} == {*made.files()}
    assert git(made.folder, "status", "--porcelain").count("\nA  ") == len(made.files()) - 1


def test_in_a_repository_there_is_no_other(tmp_path):
    git(tmp_path, "init", "--quiet")

    made = service(tmp_path / "new", **ORDER)

    assert not (made.folder / ".git").exists()
    assert git(tmp_path, "diff", "--cached", "--name-only") == ""


def test_without_git_there_is_no_repository(tmp_path):
    made = service(tmp_path / "new", **ORDER, git="no")

    assert not (made.folder / ".git").exists()


@pytest.mark.parametrize("command", ["init", "symbolic-ref", "add"])
def test_where_git_fails_the_service_is_kept_without_a_repository_and_the_reason_is_told(tmp_path, command):
    programs = tmp_path / "programs"
    programs.mkdir()
    real = run("sh", "-c", "command -v git", cwd=tmp_path).output.strip()
    script = f'#!/bin/sh\nif [ "$1" = {command} ]; then echo "fatal: no {command} today" >&2; exit 128; fi\nexec {real} "$@"\n'
    (programs / "git").write_text(script, encoding="utf-8")
    (programs / "git").chmod(0o755)

    finished, made = new(tmp_path, PATH=f"{programs}{os.pathsep}{os.environ['PATH']}")

    assert finished.code == 0, finished.output
    assert f"git init    # there is no repository yet: fatal: no {command} today\n" in finished.output
    assert "domain/order.py" in made.files()
    assert not (made.folder / ".git").exists()


def test_a_broken_configuration_of_git_is_told_and_the_service_is_kept(tmp_path):
    (tmp_path / "broken").write_text("[core\n", encoding="utf-8")

    finished, made = new(tmp_path, GIT_CONFIG_GLOBAL=str(tmp_path / "broken"))

    assert finished.code == 0, finished.output
    assert "there is no repository yet: fatal: bad config line 1" in finished.output
    assert "domain/order.py" in made.files()


def test_a_clone_has_the_line_ends_that_its_scripts_need_whatever_the_system_prefers(tmp_path):
    made = service(tmp_path / "new", **ORDER)
    git(made.folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "Made")

    git(tmp_path, "-c", "core.autocrlf=true", "-c", "core.eol=crlf", "clone", "--quiet", str(made.folder), "clone")

    files = Service(tmp_path / "clone").files()
    assert {path for path, content in files.items() if b"\r" in content} == set()
    assert files == made.files()


def new(folder: Path, **environment: str) -> tuple[Finished, Service]:
    """What `make new` says, and the service."""
    (folder / "new").mkdir()
    arguments = "project_name='Order Service' aggregate=Order"
    finished = run(
        "make", "new", f"OUT={folder / 'new'}", f"ARGS={arguments}", cwd=ROOT, HOME=str(folder), **environment
    )
    return finished, Service(folder / "new/order-service")
