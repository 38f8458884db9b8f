"""The service that is made from the reference, in memory."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from template.answers import Answers
from template.clashes import clashes
from template.clashes import members
from template.errors import Refused
from template.example import is_of_example
from template.example import without_example
from template.paths import OWNERS
from template.paths import SHIPPED
from template.paths import WIRING
from template.paths import is_junk
from template.paths import is_of_aggregate
from template.paths import is_own
from template.paths import is_verbatim
from template.renaming import Renamer
from template.stack import STACK
from template.stack import renewed

SHARED_README = "\n## What it has\n"
"""From this heading on, the README of a service is that of the reference; above it, its owner's."""

_PINS = "constraints/dev.txt"
_IS_PERSISTENCE = re.compile(r"infrastructure/kernel/(\w+/)?persistence\.py")

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
        return {name: path.read_bytes() for name, path in names.items() if not (is_own(name) or is_junk(name))}

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
        self._require_distinct_names(answers)
        renamer = Renamer(answers.aggregate, answers.literals())
        files = self._kept(answers)
        made = {**renamed(files, renamer), **self._of_the_owner(answers, files, renamer)}
        made[STACK] = renewed(made[STACK].decode(), example=answers.example).encode()
        return made

    def of_the_plain_aggregate(self) -> Files:
        """The files that are named after the plain aggregate."""
        return {path: content for path, content in self.files().items() if is_of_aggregate(path)}

    def taken_by_persistence(self) -> frozenset[str]:
        """What the persistence of every adapter has already; the repositories of a service stand beside it."""
        sources = (content for path, content in self.files().items() if _IS_PERSISTENCE.fullmatch(path))
        return frozenset(name for source in sources for name in members(source.decode()))

    def problems(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Everything that is wrong with the answers, each with the name of its question in front."""
        try:
            self._require_distinct_names(self.answers(given))
        except Refused as refused:
            return refused.problems
        return ()

    def wiring(self, answers: Answers) -> dict[str, str]:
        """The files in which an aggregate has lines, by their paths; with the lines of the example, if it is kept."""
        kept = self._kept(answers)
        return {path: kept[path].decode() for path in WIRING}

    def _require_distinct_names(self, answers: Answers) -> None:
        renamer = Renamer(answers.aggregate, answers.literals())
        problems = [*clashes(self._kept(answers), renamer, self.taken_by_persistence())]
        if problems:
            raise Refused(problems)

    def _kept(self, answers: Answers) -> Files:
        """What is shipped with these answers, not yet renamed."""
        files = self.files()
        if answers.example:
            return files
        renamer = Renamer(answers.aggregate, answers.literals())
        return {
            path: content if is_verbatim(path) else _without_example(path, content, renamer)
            for path, content in files.items()
            if is_verbatim(path) or not is_of_example(path)
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
    verbatim = {path: content for path, content in files.items() if is_verbatim(path)}
    return verbatim | {
        renamer.plain(path): renamer.content(content.decode(), path).encode()
        for path, content in files.items()
        if path not in verbatim
    }


def _without_example(path: str, content: bytes, renamer: Renamer) -> bytes:
    return without_example(content.decode(), path, renamer.without_literals).encode()


def _files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
