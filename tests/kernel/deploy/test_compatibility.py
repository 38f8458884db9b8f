"""The command that compares with an earlier commit. The service in these repositories only says what it is told to."""

import json
import os
import subprocess

import pytest

from deploy.kernel.compatibility import main

CLI = """
import pathlib, sys

def main():
    if sys.argv[1:] == ["openapi"]:
        print(pathlib.Path("openapi.json").read_text())
    else:
        for path in pathlib.Path("events").iterdir():
            (pathlib.Path(sys.argv[3]) / path.name).write_text(path.read_text())
"""

CONTAINER = """
import json, pathlib

class Kind:
    def __init__(self, name, version, schema):
        self.kind, self.__name__ = self, name
        self.upcasters, self.model_json_schema = range(version), lambda: schema

class Container:
    def persistence(self):
        return self

    def repositories(self):
        told = json.loads(pathlib.Path("entities.json").read_text())
        return [Kind(name, *stored) for name, stored in told.items()]
"""
CRATE = {"type": "object", "properties": {"name": {"type": "string"}, "weight": {"type": "integer"}}}


def git(folder, *arguments):
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def write(folder, paths, event, crate=CRATE, upcasters=0):
    """Says what the service is like from now on."""
    (folder / "infrastructure").mkdir(exist_ok=True)
    (folder / "infrastructure/__init__.py").touch()
    (folder / "infrastructure/cli.py").write_text(CLI, encoding="utf-8")
    (folder / "infrastructure/container.py").write_text(CONTAINER, encoding="utf-8")
    (folder / "entities.json").write_text(json.dumps({"Crate": [upcasters, crate]}), encoding="utf-8")
    document: dict[str, object] = {"paths": {path: {"get": {"responses": {}}} for path in paths}}
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "events").mkdir(exist_ok=True)
    (folder / "events/CrateMoved.json").write_text(json.dumps(event), encoding="utf-8")


@pytest.fixture
def service(tmp_path):
    """A repository with a release of a service."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    write(tmp_path, ["/crates", "/boxes"], {"type": "object", "properties": {"to": {"type": "string"}}})
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=First")
    git(tmp_path, "tag", "v1.0.0")
    return tmp_path


@pytest.fixture
def compared(service, capsys):
    """How the command ends, and what it says on stdout and stderr."""

    def compared(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(arguments, service)
        return (ended.value.code, *capsys.readouterr())

    return compared


def test_without_a_break_it_ends_with_0_and_says_what_it_has_compared(compared):
    assert compared() == (0, "no breaking changes; compared: 2 operations, 1 events, 1 aggregates of v1.0.0\n", "")


def test_each_break_is_named_and_the_command_ends_with_1(service, compared):
    write(service, ["/crates"], {"type": "object", "properties": {}})

    assert compared("--base=main") == (
        1,
        "Callers of the API:\n"
        "  GET /boxes: was removed\n"
        "Consumers of events:\n"
        "  CrateMoved, field to: was removed\n"
        "2 breaking changes; compared: 2 operations, 1 events, 1 aggregates of main\n",
        "",
    )


def test_a_field_that_aggregates_have_no_more_is_not_missed(service, compared):
    write(service, ["/crates", "/boxes"], {}, {**CRATE, "properties": {}})
    git(service, "checkout", "--quiet", "HEAD", "events")

    assert compared()[0] == 0


@pytest.mark.parametrize(("upcasters", "code"), [(0, 1), (1, 0)], ids=["forgotten", "upcaster"])
def test_a_field_that_stored_aggregates_lack_needs_an_upcaster(service, compared, upcasters, code):
    write(service, ["/crates", "/boxes"], {"type": "object"}, {**CRATE, "required": ["weight"]}, upcasters)
    git(service, "checkout", "--quiet", "HEAD", "events")

    said = compared()

    assert said[0] == code
    assert ("Stored aggregates:\n  Crate, field weight: is required now\n" in said[1]) is bool(code)


def test_it_compares_with_the_last_release_and_not_with_other_tags(service, compared):
    write(service, ["/crates"], {})
    git(service, "commit", "--all", "--quiet", "--message=Second")
    git(service, "tag", "verified")

    code, said, _ = compared()

    assert code == 1
    assert said.endswith("of v1.0.0\n")


def test_it_leaves_nothing_in_the_repository(service, compared):
    def files():
        return {path: path.read_bytes() for path in service.rglob("*") if path.is_file() and path.suffix != ".pyc"}

    before = files()

    compared()

    assert files() == before


def test_a_service_in_a_folder_of_a_repository_is_compared_with_itself(service, capsys):
    inner = service / "inner"
    inner.mkdir()
    write(inner, ["/inner"], {})
    git(service, "add", ".")
    git(service, "commit", "--quiet", "--message=Inner")

    with pytest.raises(SystemExit) as ended:
        main(["--base=HEAD"], inner)

    assert ended.value.code == 0
    assert capsys.readouterr().out == "no breaking changes; compared: 1 operations, 1 events, 1 aggregates of HEAD\n"


@pytest.mark.parametrize("base", ["v9.9.9", "--output=x", "main:openapi.json", "no such commit"])
def test_a_commit_that_is_not_there_is_told_and_the_command_ends_with_2(compared, base):
    code, said, told = compared(f"--base={base}")

    assert (code, said) == (2, "")
    assert told.startswith(f"Nothing was compared: there is no commit {base}")


def test_without_a_release_it_asks_for_a_commit(service, compared):
    git(service, "tag", "--delete", "v1.0.0")

    code, _, told = compared()

    assert code == 2
    assert "say with which commit: BASE=main" in told


def test_a_commit_that_does_not_run_is_told_with_its_reason(service, compared):
    (service / "infrastructure/cli.py").write_text("import a_package_that_is_gone", encoding="utf-8")
    git(service, "commit", "--all", "--quiet", "--message=Broken")
    git(service, "tag", "broken")

    code, _, told = compared("--base=broken")

    assert code == 2
    assert "`openapi` fails in broken:" in told
    assert "No module named 'a_package_that_is_gone'" in told


def test_a_commit_without_a_service_is_not_taken_for_the_one_that_is_installed(service, compared):
    (service / "infrastructure/__init__.py").unlink()
    (service / "infrastructure/cli.py").unlink()
    git(service, "commit", "--all", "--quiet", "--message=Empty")
    git(service, "tag", "empty")
    write(service, [], {})

    code, _, told = compared("--base=empty")

    assert code == 2
    assert "fails in empty:\nthere is no package infrastructure" in told


def test_outside_of_a_repository_nothing_is_compared(tmp_path_factory, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--base=main"], tmp_path_factory.mktemp("elsewhere"))

    assert ended.value.code == 2
    assert "not a git repository" in capsys.readouterr().err
