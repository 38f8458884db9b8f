"""However cookiecutter or cruft is called, the service is the same."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from template.formatting import format_python
from template.source import OF_CRUFT
from template.source import RECORD
from tests.template.services import NEW
from tests.template.services import ORDER
from tests.template.services import ROOT
from tests.template.services import Finished
from tests.template.services import Service
from tests.template.services import commit
from tests.template.services import copy_of_the_template
from tests.template.services import generate
from tests.template.services import git
from tests.template.services import run
from tests.template.services import service

ANSWERS = [f"{key}={value}" for key, value in ORDER.items()]
ANSWERED = {
    "project_name": "Order Service",
    "project_slug": "order-service",
    "description": "Order Service: a clean-architecture service on AWS.",
    "author": "The order-service authors",
    "email": "",
    "aggregate": "Order",
    "aggregate_plural": "Orders",
    "example": False,
    "licence": "MIT",
    "git": True,
}


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return copy_of_the_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def by_path(tmp_path_factory, template) -> dict[str, bytes]:
    """The files of a service that was made in the plainest way."""
    into = tmp_path_factory.mktemp("plain") / "new"
    into.mkdir()
    done(generate(into, template, **ORDER))
    return files_of(Service(into / "order-service"))


def done(finished: Finished) -> str:
    """The output of what has to succeed."""
    assert finished.code == 0, finished.output
    return finished.output


def files_of(made: Service) -> dict[str, bytes]:
    """Its files, but for those that say where it came from."""
    return {path: content for path, content in made.files().items() if path not in {RECORD, OF_CRUFT}}


def recorded(made: Service) -> dict[str, Any]:
    return json.loads(made.files()[RECORD])


def zip_of(template: Path, archive: Path) -> Path:
    git(template, "archive", "--format=zip", "--prefix=template-main/", f"--output={archive}", "HEAD")
    return archive


def as_a_folder(template: Path, into: Path) -> str:
    done(generate(into, template, **ORDER))
    return str(template)


def as_a_folder_with_a_slash(template: Path, into: Path) -> str:
    done(generate(into, f"{template}/", **ORDER))
    return str(template)


def as_a_relative_folder(template: Path, into: Path) -> str:
    done(generate(into, os.path.relpath(template, into), **ORDER))
    return str(template)


def from_within(template: Path, into: Path) -> str:
    options = ("--no-input", "--output-dir", str(into), *ANSWERS)
    done(run(NEW / "cookiecutter", ".", *options, cwd=template, HOME=str(into.parent)))
    return str(template)


def as_a_git_url(template: Path, into: Path) -> str:
    done(generate(into, f"git+{template.as_uri()}", **ORDER))
    return template.as_uri()


def as_a_branch(template: Path, into: Path) -> str:
    done(generate(into, f"git+{template.as_uri()}", "--checkout", "main", **ORDER))
    return template.as_uri()


def as_a_bare_repository(template: Path, into: Path) -> str:
    bare = into.parent / "bare.git"
    git(into, "clone", "--quiet", "--bare", str(template), str(bare))
    done(generate(into, bare.as_uri(), **ORDER))
    return bare.as_uri()


def as_a_clone_that_was_made_before(template: Path, into: Path) -> str:
    clone = into.parent / "clone"
    git(into, "clone", "--quiet", str(template), str(clone))
    done(generate(into, clone, **ORDER))
    return str(clone)


def as_a_zip(template: Path, into: Path) -> str:
    archive = zip_of(template, into.parent / "template.zip")
    done(generate(into, archive, **ORDER))
    return str(archive)


def as_a_zip_in_this_folder(template: Path, into: Path) -> str:
    archive = zip_of(template, into.parent / "template.zip")
    here = into.parent
    options = ("--no-input", "--output-dir", "new", *ANSWERS)
    done(run(NEW / "cookiecutter", "template.zip", *options, cwd=here, HOME=str(here), PWD=str(here)))
    return str(archive)


def again(template: Path, into: Path) -> str:
    first = into.parent / "first"
    first.mkdir()
    done(generate(first, template, **ORDER))
    command = (NEW / "cookiecutter", template, "--replay", "--output-dir", into)
    done(run(*command, cwd=into, HOME=str(into.parent)))
    return str(template)


def from_a_program(template: Path, into: Path) -> str:
    program = "from cookiecutter.main import cookiecutter\ncookiecutter({!r}, no_input=True, extra_context={!r})\n"
    text = program.format(str(template), {**ORDER, "example": False})
    done(run(NEW / "python", "-c", text, cwd=into, HOME=str(into.parent)))
    return str(template)


def by_cruft(template: Path, into: Path) -> str:
    cruft_create(template, into)
    return str(template)


def cruft_create(template: Path, into: Path) -> Service:
    options = ("--no-input", "--output-dir", into, "--extra-context", json.dumps(ORDER))
    done(run(NEW / "cruft", "create", template, *options, cwd=into, HOME=str(into.parent)))
    return Service(into / "order-service")


@pytest.mark.parametrize(
    "call",
    [
        as_a_folder,
        as_a_folder_with_a_slash,
        as_a_relative_folder,
        from_within,
        as_a_git_url,
        as_a_branch,
        as_a_bare_repository,
        as_a_clone_that_was_made_before,
        as_a_zip,
        as_a_zip_in_this_folder,
        again,
        from_a_program,
        by_cruft,
    ],
)
def test_the_service_is_the_same_and_says_where_it_came_from(
    tmp_path, template, by_path, call: Callable[[Path, Path], str]
):
    (tmp_path / "new").mkdir()

    location = call(template, tmp_path / "new")

    made = Service(tmp_path / "new/order-service")
    assert files_of(made) == by_path
    assert os.access(made.folder / ".ci/run", os.X_OK)
    record = recorded(made)
    assert record["template"] == location
    assert record["commit"] == git(template, "rev-parse", "HEAD").strip()
    assert record["answers"] == ANSWERED


def test_the_same_answers_make_the_same_service_twice(tmp_path):
    first, second = (service(tmp_path / into, **ORDER) for into in ("first", "second"))

    assert first.files() == second.files()


def test_the_template_may_be_in_a_folder_of_any_name(tmp_path, by_path):
    template = copy_of_the_template(tmp_path / "it's l'été, {{ 7*7 }} '''\"")
    (tmp_path / "new folder").mkdir()

    done(generate(tmp_path / "new folder", template, **ORDER))

    made = Service(tmp_path / "new folder/order-service")
    assert files_of(made) == by_path
    assert recorded(made)["template"] == str(template)


def test_a_template_without_git_has_no_commit(tmp_path, template, by_path):
    git(tmp_path, "clone", "--quiet", str(template), "copy")
    (tmp_path / "copy/.git").rename(tmp_path / "git")
    (tmp_path / "new").mkdir()

    done(generate(tmp_path / "new", tmp_path / "copy", **ORDER))

    made = Service(tmp_path / "new/order-service")
    assert files_of(made) == by_path
    assert recorded(made)["commit"] is None
    assert OF_CRUFT not in made.files()


def test_what_lies_about_in_the_template_gets_into_no_service(tmp_path, by_path):
    template = copy_of_the_template(tmp_path / "template")
    for path in (".env", ".venv/x", "domain/__pycache__/x.pyc", "domain/.DS_Store", "notes.md", "domain/order.py.orig"):
        (template / path).parent.mkdir(parents=True, exist_ok=True)
        (template / path).write_text("mine", encoding="utf-8")
    (tmp_path / "new").mkdir()

    done(generate(tmp_path / "new", template, **ORDER))

    assert files_of(Service(tmp_path / "new/order-service")) == by_path


def test_no_call_writes_into_the_template(tmp_path):
    template = copy_of_the_template(tmp_path / "template")
    (tmp_path / "new").mkdir()

    before = {*template.rglob("*")}

    done(generate(tmp_path / "new", template, **ORDER))

    assert {*template.rglob("*")} == before
    assert git(template, "status", "--porcelain") == ""


def as_a_folder_by_cookiecutter(template: Path, into: Path) -> Service:
    done(generate(into, template, **ORDER))
    return Service(into / "order-service")


@pytest.mark.parametrize("make", [cruft_create, as_a_folder_by_cookiecutter])
def test_cruft_takes_what_is_new_in_the_template_and_keeps_what_the_owner_wrote(
    tmp_path, make: Callable[[Path, Path], Service]
):
    template = copy_of_the_template(tmp_path / "template")
    (tmp_path / "new").mkdir()
    made = make(template, tmp_path / "new")
    git(made.folder, "init", "--quiet")
    commit(made.folder, "Made")
    assert "up to date" in done(cruft(made, "check"))
    assert done(cruft(made, "diff")).strip() == ""
    edit(made.folder / "domain/order.py", "known by its name", "known by its number")
    commit(made.folder, "The owner's")

    for version in ("of the second version", "of the third version"):
        edit(template / "domain/sponsor.py", "was removed", f"was removed, {version}")
        edit(template / "domain/kernel/entity.py", '"""', f'"""({version}) ')
        edit(template / "template/__init__.py", 'VERSION = "', 'VERSION = "1')
        latest = commit(template, version)
        assert cruft(made, "check").code != 0
        done(cruft(made, "update", "-y"))
        commit(made.folder, f"Updated to what is {version}")

    assert "up to date" in done(cruft(made, "check"))
    files = made.files()
    assert b"known by its number" in files["domain/order.py"]
    assert b"An order was removed, of the third version, of the second version." in files["domain/order.py"]
    assert files["domain/kernel/entity.py"].startswith(b'"""(of the third version) (of the second version) ')
    assert recorded(made)["commit"] == latest
    assert recorded(made)["version"].startswith("11")
    assert not [path for path in files if path.endswith((".rej", ".orig"))]


def test_cruft_makes_no_repository_for_it_compares_folders(tmp_path, template):
    (tmp_path / "new").mkdir()

    made = cruft_create(template, tmp_path / "new")

    assert "_repo_dir" not in json.loads(made.files()[OF_CRUFT])["context"]["cookiecutter"]
    assert not (made.folder / ".git").exists()


def test_cruft_shows_what_the_owner_changed_and_nothing_else(tmp_path, template):
    (tmp_path / "new").mkdir()
    made = cruft_create(template, tmp_path / "new")
    edit(made.folder / "domain/order.py", "known by its name", "known by its number")

    difference = done(cruft(made, "diff"))

    assert difference.startswith("diff --git ")
    assert difference.count("diff --git ") == 1
    assert "known by its number" in difference


def cruft(made: Service, *arguments: str) -> Finished:
    return made.run(NEW / "cruft", *arguments, HOME=str(made.folder.parents[1]))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_without_hooks_there_is_only_a_file_that_says_so(tmp_path):
    (tmp_path / "new").mkdir()

    done(generate(tmp_path / "new", ROOT, "--accept-hooks", "no", **ORDER))

    [(path, content)] = Service(tmp_path / "new/order-service").files().items()
    assert path == "HOOKS_DID_NOT_RUN.md"
    assert b"--accept-hooks no" in content


def test_with_hooks_after_all_the_service_is_there(tmp_path, template, by_path):
    (tmp_path / "new").mkdir()
    done(generate(tmp_path / "new", template, "--accept-hooks", "no", **ORDER))

    done(generate(tmp_path / "new", template, "-f", **ORDER))

    assert files_of(Service(tmp_path / "new/order-service")) == by_path


@pytest.fixture
def existing(tmp_path) -> Service:
    """A folder where the service would be, in which its owner has written."""
    folder = tmp_path / "new/order-service"
    (folder / "domain").mkdir(parents=True)
    for path in ("README.md", "domain/order.py", "domain/mine.py", "notes.md"):
        (folder / path).write_text("mine", encoding="utf-8")
    return Service(folder)


def test_an_existing_folder_is_refused_and_left_alone(existing):
    before = existing.files()

    finished = generate(existing.folder.parent, ROOT, **ORDER)

    assert finished.code != 0
    assert "already exists" in finished.output
    assert existing.files() == before


def test_forced_it_overwrites_what_is_its_own_and_nothing_else(template, by_path, existing):
    mine = {"domain/mine.py": b"mine", "notes.md": b"mine"}

    done(generate(existing.folder.parent, template, "-f", **ORDER))

    assert files_of(existing) == {**by_path, **mine}


def test_forced_and_told_to_skip_it_overwrites_nothing(template, by_path, existing):
    before = existing.files()

    done(generate(existing.folder.parent, template, "-f", "-s", **ORDER))

    assert files_of(existing) == {**by_path, **before}


def test_where_nothing_can_be_written_it_fails_and_leaves_nothing(tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file", encoding="utf-8")
    command = (NEW / "cookiecutter", ROOT, "--no-input", "--output-dir", blocked / "below")

    finished = run(*command, cwd=tmp_path, HOME=str(tmp_path))

    assert finished.code != 0
    assert blocked.read_text(encoding="utf-8") == "a file"
    assert {path.name for path in tmp_path.iterdir()} <= {"blocked", ".cookiecutter_replay", ".cookiecutters"}


@pytest.mark.parametrize("broken", ["the index", "ensurepip"])
def test_without_the_formatter_there_is_a_complaint_and_the_files_stay_as_they_are(tmp_path, monkeypatch, broken):
    false = shutil.which("false")
    assert false

    def no_ensurepip(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "ensurepip")

    def no_pip(folder: Path, **_: object) -> None:
        (folder / "bin").mkdir()
        (folder / "bin/python").symlink_to(false)

    monkeypatch.setattr(sys, "executable", false)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(venv, "create", no_pip if broken == "the index" else no_ensurepip)
    (tmp_path / "constraints").mkdir()
    (tmp_path / "constraints/dev.txt").write_bytes((ROOT / "constraints/dev.txt").read_bytes())
    (tmp_path / "one.py").write_text("one  =  1\n", encoding="utf-8")

    complaint = format_python(tmp_path, ["one.py"])

    assert complaint is not None
    assert "ruff" in complaint
    assert (tmp_path / "one.py").read_text(encoding="utf-8") == "one  =  1\n"
