"""Services made from the template, each in a folder of its own, and commands run in them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from template.paths import OWN
from template.paths import SHIPPED

ROOT = Path(__file__).parents[2]
NEW = ROOT / ".venv-new/bin"
"""Where `make new` has cookiecutter, and the tests cruft."""

SITE_PACKAGES = [path for path in sys.path if path.endswith("site-packages")]
"""Where this environment has its packages."""

OF_THE_REFERENCE: Mapping[str, str] = {
    "project_name": "Team Service",
    "description": "Football teams sign, release and transfer players: a clean-architecture service on AWS.",
    "aggregate": "Sponsor",
    "example": "yes",
}
"""The answers of which the reference is made again."""

ORDER: Mapping[str, str] = {
    "project_name": "Order Service",
    "aggregate": "Order",
    "aggregate_plural": "Orders",
    "example": "no",
}


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    output: str


@dataclass(frozen=True)
class Service:
    """A generated service."""

    folder: Path

    def files(self) -> dict[str, bytes]:
        """What is in it, but for git's own and what commands have left."""
        ignored = {".git", ".venv", ".ruff_cache", ".mypy_cache", ".pytest_cache", ".hypothesis", "__pycache__"}
        paths = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        names = [path.relative_to(self.folder) for path in paths]
        return {name.as_posix(): (self.folder / name).read_bytes() for name in names if not ignored & {*name.parts}}

    def run(self, *command: str | Path, **environment: str) -> Finished:
        """Runs a command in it."""
        return run(*command, cwd=self.folder, **environment)

    def make(self, *arguments: str) -> str:
        """The output of a target that has to succeed."""
        return self.done("make", *arguments)

    def install(self) -> None:
        """What `make .venv/installed` does, with the packages of this environment instead of an index."""
        ours = Path(sys.executable).parent
        venv = self.folder / ".venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        [site] = venv.glob("lib/*/site-packages")
        shared = [path for path in sys.path if path.endswith("site-packages")]
        site.joinpath("shared.pth").write_text(
            "".join(f"{path}\n" for path in (self.folder, *shared)), encoding="utf-8"
        )
        for script in ("check-jsonschema", "lint-imports", "mypy", "pytest"):
            text = (ours / script).read_text(encoding="utf-8")
            (venv / "bin" / script).write_text(text.replace(str(ours), str(venv / "bin")), encoding="utf-8")
            (venv / "bin" / script).chmod(0o755)
        for program in ("hadolint", "ruff", "zizmor"):
            (venv / "bin" / program).symlink_to(ours / program)
        (venv / "installed").touch()

    def install_by_pip(self) -> None:
        """Installs what `pyproject.toml` says, by which the service gets its command.

        The reference is not there: a service refuses to start with another in its environment.
        """
        others = {path.name: path for folder in SITE_PACKAGES for path in Path(folder).iterdir()}
        shared = self.folder / ".venv/shared"
        shared.mkdir()
        for name, path in others.items():
            if not name.startswith("team_service"):
                (shared / name).symlink_to(path)
        [site] = self.folder.glob(".venv/lib/*/site-packages")
        site.joinpath("shared.pth").write_text(f"{shared}\n", encoding="utf-8")
        options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation")
        self.done(NEW / "pip", "--python", self.folder / ".venv/bin/python", "install", *options, "-e", ".")

    def done(self, *command: str | Path, **environment: str) -> str:
        """The output of a command that has to succeed."""
        finished = self.run(*command, **environment)
        assert finished.code == 0, finished.output
        return finished.output


def generate(into: Path, template: str | Path = ROOT, *options: str, **answers: str) -> Finished:
    """Runs cookiecutter, which asks nothing."""
    given = [f"{key}={value}" for key, value in answers.items()]
    return run(
        NEW / "cookiecutter",
        template,
        "--no-input",
        "--output-dir",
        into,
        *options,
        *given,
        cwd=into,
        HOME=str(into.parent),
    )


def service(into: Path, **answers: str) -> Service:
    """A service that cookiecutter made of these answers."""
    into.mkdir(parents=True, exist_ok=True)
    finished = generate(into, **answers)
    assert finished.code == 0, finished.output
    [folder] = into.iterdir()
    return Service(folder)


def run(*command: str | Path, cwd: Path, **environment: str) -> Finished:
    """Runs a command to its end."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "MAKE", "MFLAGS"))}
    finished = subprocess.run(
        command,
        cwd=cwd,
        env={**inherited, "GIT_CONFIG_GLOBAL": os.devnull, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return Finished(finished.returncode, finished.stdout)


def copy_of_the_template(into: Path) -> Path:
    """The template as it stands here, uncommitted changes included, in a git repository of its own."""
    for source in (ROOT / entry for entry in (*SHIPPED, *OWN)):
        entry = source.relative_to(ROOT)
        if source.is_dir():
            shutil.copytree(source, into / entry, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (into / entry).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into / entry)
    git(into, "init", "--quiet", "--initial-branch", "main")
    commit(into, "The template")
    return into


def commit(repository: Path, message: str) -> str:
    """Commits everything there is, and returns the id of the commit."""
    git(repository, "add", "--all")
    git(repository, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", message)
    return git(repository, "rev-parse", "HEAD").strip()


def git(repository: Path, *arguments: str) -> str:
    """The output of a git command that has to succeed."""
    finished = run("git", *arguments, cwd=repository)
    assert finished.code == 0, finished.output
    return finished.output


def context(**changes: Any) -> dict[str, Any]:
    """Answers as the hooks get them."""
    return {
        "project_name": "Order Service",
        "project_slug": "order-service",
        "description": "Takes orders.",
        "author": "Ann O'Neill",
        "email": "",
        "aggregate": "Order",
        "aggregate_plural": "Orders",
        "example": False,
        "licence": "MIT",
        "git": False,
        **changes,
    }
