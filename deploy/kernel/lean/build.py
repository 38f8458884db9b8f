"""Takes pydantic and dependency-injector out of the way of what will be zipped, if all that is needed of them is known."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.kernel.lambda_zip import NotMade
from deploy.kernel.lambda_zip import compile_all
from deploy.kernel.lean import NAME
from deploy.kernel.lean.in_zip import reading
from deploy.kernel.lean.sources import put_in_place
from deploy.kernel.lean.sources import unknown

VERSIONS = {"pydantic": "2.14.3", "pydantic_core": "2.50.4"}
"""The releases that this was written for. Another one may make something else of a model."""

IN_ZIP = Path(reading.FILE).parent
_ROOT = Path(__file__).parents[3]
_JUNK = shutil.ignore_patterns("__pycache__")


class NotLean(Exception):
    """Nothing was changed, for one of the libraries is needed; says what for, a line each."""


def make_lean(tree: Path, packages: Sequence[str]) -> None:
    """Changes the byte code of the packages in `tree`, which import `in_zip` in place of the libraries.

    Sources stay as they are, and so do the libraries, for others in the same process.

    Raises:
        NotLean: they need of a library what is not known here, so that nothing was changed.
        NotMade: this was written for another release of pydantic, or something does not compile.
    """
    require_versions(tree)
    with TemporaryDirectory() as name:
        _take_over(prepared(tree, packages, Path(name)), tree, packages)


def prepared(tree: Path, packages: Sequence[str], work: Path) -> Path:
    """A folder in `work` with the sources of the packages in `tree`, and what they import in place of the libraries.

    Raises:
        NotLean: they need of a library what is not known here.
    """
    if reasons := unknown(tree, packages):
        raise NotLean("\n".join(reasons))
    folder, content, descriptions = work / "folder", work / "content", work / "descriptions"
    for package in packages:
        shutil.copytree(tree / package, folder / package, ignore=_JUNK)
    _run("compiled", folder, str(folder), str(content), str(descriptions), *packages)
    shutil.copytree(IN_ZIP, folder / NAME, ignore=_JUNK)
    shutil.copyfile(content, folder / NAME / Path(reading.FILE).name)
    put_in_place(folder, packages)
    _run("checked", folder, str(folder), str(descriptions), *packages)
    return folder


def require_versions(tree: Path) -> None:
    """Passes if pydantic is the one that this was written for, here and in the zip.

    Raises:
        NotMade: names the other release.
    """
    for name, written_for in VERSIONS.items():
        zipped = [path.name.split("-")[1].removesuffix(".dist") for path in tree.glob(f"{name}-*.dist-info")]
        if {version(name), *zipped} != {written_for}:
            others = ", ".join(sorted({version(name), *zipped} - {written_for})) or "none"
            raise NotMade(
                f"LEAN=1 knows {name} {written_for}, and found {others}: make the zip without LEAN, or update the template"
            )


def _run(step: str, folder: Path, *arguments: str) -> None:
    """Has a step done in a process of its own, which imports our packages from `folder` and nothing of the shell's.

    Raises:
        NotLean: with what the step says.
    """
    environment = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PATH": os.defpath,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(map(str, (folder, _ROOT))),
    }
    command = [sys.executable, "-P", "-m", f"{__package__}.{step}", *arguments]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if ended.returncode != 0:
        raise NotLean(ended.stderr.strip().rpartition("\n")[2])


def _take_over(folder: Path, tree: Path, packages: Sequence[str]) -> None:
    """Compiles the sources in `folder` into `tree`, whose own sources stay what is seen in tracebacks."""
    sources = {path: path.read_bytes() for name in packages for path in (tree / name).rglob("*.py")}
    for name in (NAME, *packages):
        shutil.copytree(folder / name, tree / name, ignore=_JUNK, dirs_exist_ok=True)
    compile_all(tree, [NAME, *packages])
    for path, source in sources.items():
        path.write_bytes(source)
