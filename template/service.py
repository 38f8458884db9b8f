"""The service that is made from the reference, in memory."""

import ast
import keyword
import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pathlib import PurePosixPath
from typing import Any

from template.answers import Answers
from template.errors import Refused
from template.example import is_of_example
from template.example import without_example
from template.renaming import WORD
from template.renaming import Renamer

SHIPPED = (
    ".ci",
    ".env.example",
    ".gitignore",
    ".pre-commit-config.yaml",
    "LICENSE",
    "Makefile",
    "README.md",
    "benchmarks",
    "constraints-lambda.txt",
    "constraints-ministack.txt",
    "constraints-runtime.txt",
    "constraints.txt",
    "deploy",
    "docs",
    "domain",
    "infrastructure",
    "pyproject.toml",
    "tests",
    "usecases",
)
"""What a service gets. Whatever else is in a checkout, caches and environments among it, cannot leak into one."""

OWN = (
    ".gitattributes",
    "CHANGELOG.md",
    "constraints-template.txt",
    "cookiecutter.json",
    "docs/template.md",
    "hooks",
    "template",
    "template.mk",
    "tests/template",
    "{{cookiecutter.__folder}}",
)
"""What is the template's alone."""

OWNERS = "template/owner"
"""What a service gets as its own, in place of the template's."""

WIRING = (
    "benchmarks/memory.py",
    "infrastructure/api/routes.py",
    "infrastructure/container.py",
    "infrastructure/dynamodb/persistence.py",
    "infrastructure/memory/persistence.py",
    "pyproject.toml",
)
"""The files in which an aggregate has lines; everywhere else it has files."""

SHARED_README = "\n## What it has\n"
"""From this heading on, the README of a service is that of the reference; above it, its owner's."""

_JUNK = re.compile(r"(^|/)(__pycache__|\.[a-z_]+_cache|\.DS_Store|[^/]+\.(pyc|egg-info|orig|rej|swp))(/|$)")
_PINS = "constraints.txt"

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Reference:
    """A checkout of the template."""

    root: Path

    def files(self) -> Files:
        """What is shipped, as it is in the reference."""
        missing = [entry for entry in SHIPPED if not (self.root / entry).exists()]
        if missing:
            raise Refused(f"the template is incomplete: {self.root / entry} is missing" for entry in missing)
        paths = [path for entry in SHIPPED for path in _files_of(self.root / entry)]
        names = {path.relative_to(self.root).as_posix(): path for path in paths}
        return {name: path.read_bytes() for name, path in names.items() if not (_is_own(name) or _JUNK.search(name))}

    def owners_files(self) -> Files:
        """What a service has in place of the template's own."""
        root = self.root / OWNERS
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in _files_of(root)}

    def distributions(self) -> frozenset[str]:
        """The names of everything that a service is installed with."""
        pins = (self.root / _PINS).read_text(encoding="utf-8")
        return frozenset(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", pins, re.MULTILINE))

    def answers(self, given: Mapping[str, Any]) -> Answers:
        """The answers, checked.

        Raises:
            Refused: with everything that is wrong.
        """
        return Answers.of(given, taken=self.distributions())

    def service(self, answers: Answers) -> dict[str, bytes]:
        """The files of the service, not yet formatted.

        Raises:
            Refused: the name of the aggregate means something else in the code already.
        """
        renamer = Renamer(answers.aggregate, answers.literals())
        files = self._kept(answers)
        problems = [*clashes(files, renamer)]
        if problems:
            raise Refused(problems)
        return {**renamed(files, renamer), **self._of_the_owner(answers, files, renamer)}

    def of_the_plain_aggregate(self) -> Files:
        """The files that are named after the plain aggregate."""
        return {path: content for path, content in self.files().items() if is_of_aggregate(path)}

    def wiring(self, answers: Answers) -> dict[str, str]:
        """The files in which an aggregate has lines, by their paths; with the lines of the example, if it is kept."""
        kept = self._kept(answers)
        return {path: kept[path].decode() for path in WIRING}

    def _kept(self, answers: Answers) -> Files:
        """What is shipped with these answers, not yet renamed."""
        files = self.files()
        if answers.example:
            return files
        renamer = Renamer(answers.aggregate, answers.literals())
        return {
            path: content if _is_pin(path) else _without_example(path, content, renamer)
            for path, content in files.items()
            if not is_of_example(path)
        }

    def _of_the_owner(self, answers: Answers, files: Files, renamer: Renamer) -> dict[str, bytes]:
        owners = renamed(self.owners_files(), renamer)
        head = owners["README.md"].decode()
        _, heading, shared = files["README.md"].decode().partition(SHARED_README)
        owners["README.md"] = (head.rstrip("\n") + "\n" + renamer.content(heading + shared, "README.md")).encode()
        if answers.licence == "Proprietary":
            owners["LICENSE"] = f"Copyright (c) {answers.author}. All rights reserved.\n".encode()
        return owners


def renamed(files: Files, renamer: Renamer) -> dict[str, bytes]:
    """`files` under their new names, and with the new names in them."""
    return {
        renamer.plain(path): content if _is_pin(path) else renamer.content(content.decode(), path).encode()
        for path, content in files.items()
    }


def _without_example(path: str, content: bytes, renamer: Renamer) -> bytes:
    return without_example(content.decode(), path, renamer.without_literals).encode()


def is_of_aggregate(path: str) -> bool:
    """Whether a file of the reference is named after its plain aggregate."""
    return WORD in PurePosixPath(path).stem.lower()


def clashes(files: Files, renamer: Renamer) -> Iterator[str]:
    """What would be called the same after renaming, and was not before; and what could not be called so."""
    label = f"aggregate: {renamer.name.singular!r}"
    paths: dict[str, str] = {}
    for path in sorted(files, key=is_of_aggregate):
        first = paths.setdefault(renamer.plain(path).lower(), path)
        if first != path:
            yield f"{label} would make {renamer.plain(path)} of {path}, and that is there already"
    found: dict[str, str] = {}
    for path, content in files.items():
        if path.endswith(".py"):
            for old, new in _ambiguities(identifiers(content.decode()), renamer):
                found.setdefault(new, f"{label} would make {new!r} of {old!r}, which is something else in {path}")
    yield from found.values()


def _ambiguities(names: Iterable[str], renamer: Renamer) -> Iterator[tuple[str, str]]:
    olds = {*names}
    for old in sorted(olds):
        new = renamer.plain(old)
        if new != old and (new in olds or keyword.iskeyword(new)) and renamer.plain(new) == new:
            yield old, new


def identifiers(source: str) -> frozenset[str]:
    """The names that stand for something in a piece of Python. Attributes and keywords of calls are others' names."""
    return frozenset(name for node in ast.walk(ast.parse(source)) for name in _names_of(node))


def _names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=bound):
            yield bound or name.partition(".")[0]


def _is_pin(path: str) -> bool:
    """Whether a file says what is installed, and nothing about the service."""
    return path.startswith("constraints")


def _files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())


def _is_own(path: str) -> bool:
    return any(path == entry or path.startswith(f"{entry}/") for entry in OWN)
