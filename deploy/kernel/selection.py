"""Which files go into the zip for Lambda. `deploy/zip.toml` names what a service adds."""

import tomllib
from collections.abc import Container
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from pathlib import PurePosixPath

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.errors import Violation
from domain.kernel.value import Value
from infrastructure.kernel import aws

ADDED = Path("deploy", "zip.toml")

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


class Added(Value):
    """What the code of a service needs in the zip besides its modules.

    Attributes:
        services: of AWS, by botocore's names.
        files: patterns of paths; a `*` stands for any part of one.
    """

    services: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def all_services(self) -> tuple[str, ...]:
        """With those that the kernels call."""
        return (*aws.SERVICES, *self.services)


def read_added(root: Path) -> Added:
    """What `deploy/zip.toml` of the project in `root` names; nothing, if there is no such file.

    Raises:
        InvalidArgument: it breaks a rule; every violation is named.
        Misconfigured: it cannot be read.
    """
    path = root / ADDED
    if not path.exists():
        return Added()
    try:
        return Added.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except InvalidArgument as exc:
        violations = [Violation(f"{ADDED.as_posix()} {each.input}", each.rule) for each in exc.violations]
        raise InvalidArgument.of(violations) from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Misconfigured(f"{ADDED.as_posix()} cannot be read: {exc}") from exc


def is_needed(path: PurePosixPath, services: Container[str]) -> bool:
    """Whether a file of the dependencies is needed on Lambda.

    Botocore has data of every service of AWS, and these are most of its bytes. Those of `services` stay.
    """
    service = service_of(path)
    if service is not None and service not in services:
        return False
    return not _matches(path, UNNEEDED)


def service_of(path: PurePosixPath) -> str | None:
    """Which service of AWS a file of the dependencies is about, by botocore's name; None if it is about none."""
    match path.parts:
        case ("botocore", "data", service, _, *_):
            return service
    return None


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
