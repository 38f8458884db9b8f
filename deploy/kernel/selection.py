"""Which files go into the zip for Lambda. `contents.py` names what your service adds."""

import tomllib
from collections.abc import Container
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from pathlib import PurePosixPath

NOT_FOR_LAMBDA = (
    "infrastructure/cli.py",
    "infrastructure/kernel/cli.py",
    "infrastructure/kernel/*commands.py",
    "infrastructure/kernel/costs/*",
    "infrastructure/kernel/progress_bars.py",
    "infrastructure/kernel/terminal.py",
    "infrastructure/kernel/http/*",
)
"""What is left out of our packages, for it needs the dependencies of `server` or of development, and no handler may import it."""

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


def is_needed(path: PurePosixPath, services: Container[str]) -> bool:
    """Whether a file of the dependencies is needed on Lambda.

    Botocore has data of every service of AWS, and these are most of its bytes. Those of `services` stay.
    """
    match path.parts:
        case ("botocore", "data", service, _, *_) if service not in services:
            return False
    return not _matches(path, UNNEEDED)


def own_files(root: Path, patterns: Iterable[str]) -> list[PurePosixPath]:
    """The files of our packages that go into the zip, sorted: those that match one of `patterns`."""
    taken = tuple(patterns)
    found = (PurePosixPath(package, path) for package in our_packages(root) for path in files_in(root / package))
    return sorted(path for path in found if _matches(path, taken) and not _matches(path, (*NOT_FOR_LAMBDA, "*/.*")))


def our_packages(root: Path) -> list[str]:
    """The packages that `pyproject.toml` says there are."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return packages


def files_in(folder: Path) -> list[PurePosixPath]:
    """The paths of all files in `folder`, relative to it, sorted."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [PurePosixPath(path) for path in sorted(paths)]


def _matches(path: PurePosixPath, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path.as_posix(), pattern) for pattern in patterns)
