"""What the zip for Lambda has in it, and what it has not."""

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from pathlib import PurePosixPath
from typing import get_args

from infrastructure.kernel.aws import Service

TAKEN = ("*.py",)
"""What is taken of our packages. A service that reads files of its own while it runs adds them: `"*.json"`."""

NOT_FOR_LAMBDA = (
    "infrastructure/cli.py",
    "infrastructure/kernel/cli.py",
    "infrastructure/kernel/commands.py",
    "infrastructure/kernel/http/*",
)
"""What is left out of our packages, for it needs the dependencies of `server`, and no handler may import it."""

UNNEEDED = (
    # For people: commands, examples, tests.
    "bin/*",
    "botocore/data/*/examples-1.json",
    "*/tests/*",
    # For type checkers and compilers. Extension modules are there compiled.
    "*.pyi",
    "*.pyx",
    "*.pxd",
    "*.c",
    # For installers. What scanners and lawyers read stays: metadata, lists of components, licences.
    "*.dist-info/INSTALLER",
    "*.dist-info/RECORD",
    "*.dist-info/REQUESTED",
    "*.dist-info/WHEEL",
    "*.dist-info/entry_points.txt",
    "*.dist-info/top_level.txt",
    "*.dist-info/zip-safe",
)
"""What is left out of the dependencies; a `*` stands for any part of a path."""


def is_needed(path: PurePosixPath) -> bool:
    """Whether a file of the dependencies is needed on Lambda.

    Botocore describes every service of AWS, in most of its bytes. Those that `infrastructure.kernel.aws.Service` names stay.
    """
    match path.parts:
        case ("botocore", "data", service, _, *_) if service not in get_args(Service):
            return False
    return not _matches(path, UNNEEDED)


def own_files(root: Path) -> list[PurePosixPath]:
    """The files of our packages that go into the zip, sorted. `pyproject.toml` says which packages there are."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    found = (PurePosixPath(package, path) for package in packages for path in files_in(root / package))
    return sorted(path for path in found if _matches(path, TAKEN) and not _matches(path, (*NOT_FOR_LAMBDA, "*/.*")))


def files_in(folder: Path) -> list[PurePosixPath]:
    """The paths of all files in `folder`, relative to it, sorted."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [PurePosixPath(path) for path in sorted(paths)]


def _matches(path: PurePosixPath, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path.as_posix(), pattern) for pattern in patterns)
