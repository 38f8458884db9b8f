"""What the Dockerfile and .dockerignore of this service say."""

import json
import re
import shlex
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from pathlib import PurePosixPath
from string import Template

ROOT = Path(__file__).parents[2]

Instruction = tuple[str, str]
"""A keyword and its arguments."""


@dataclass(frozen=True)
class Stage:
    """The instructions after one FROM, those of the stage that it is based on included."""

    name: str
    instructions: Sequence[Instruction]

    def all(self, keyword: str) -> list[str]:
        """The arguments of every instruction of that kind."""
        return [arguments for found, arguments in self.instructions if found == keyword]

    def command(self, keyword: str) -> list[str]:
        """The program and arguments of the last such instruction, which says them as JSON."""
        return [str(word) for word in json.loads(self.all(keyword)[-1].partition("[")[2].join(("[", "")))]

    def environment(self, outside: Mapping[str, str]) -> dict[str, str]:
        """The variables that it sets, with what they repeat of `outside`."""
        words = [word for arguments in self.all("ENV") for word in shlex.split(arguments)]
        pairs = (word.partition("=") for word in words)
        return {name: Template(value).substitute(outside) for name, _, value in pairs}


def stages(text: str) -> dict[str, Stage]:
    """The stages of a Dockerfile, by their names, in their order."""
    found: dict[str, Stage] = {}
    name, instructions = "", list[Instruction]()
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    for keyword, _, arguments in (line.partition(" ") for line in lines if line):
        if keyword == "FROM":
            base, _, name = arguments.partition(" AS ")
            instructions = [*(found[base].instructions if base in found else ()), (keyword, arguments)]
        else:
            instructions.append((keyword, arguments.strip()))
        found[name] = Stage(name, tuple(instructions))
    return found


def reaches_the_builder(path: PurePosixPath, ignoring: str) -> bool:
    """Whether a file is part of the build context. Of the patterns that match it, or a folder it is in, the last counts."""
    reaches = True
    for line in ignoring.splitlines():
        pattern = line.removeprefix("!")
        anywhere = pattern.removeprefix("**/")
        parts = path.parts if anywhere != pattern else path.parts[:1]
        if line and not line.startswith("#") and any(fnmatch(part, anywhere) for part in parts):
            reaches = line.startswith("!")
    return reaches
