"""The zips that are compared: a plain handler of boto3 and pydantic, and an API of the kernel, which is lean, too."""

import compileall
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from benchmarks.data import TABLE
from benchmarks.processes import ROOT
from benchmarks.service.container import Settings
from benchmarks.variants import BASELINE
from benchmarks.variants import CURL
from benchmarks.variants import LEAN
from deploy.kernel.lambda_zip import fill
from deploy.kernel.lambda_zip import packed
from deploy.kernel.lambda_zip import this_architecture
from deploy.kernel.lean.build import make_lean
from deploy.kernel.selection import our_packages

PLAIN = ("boto3", "pydantic")
HERE = Path(__file__).parent
OURS = (
    "__init__.py",
    "data.py",
    "first.py",
    "service",
    "variants/__init__.py",
    "variants/lean.py",
    "variants/service.py",
    "variants/service_curl.py",
)
"""What of this folder goes into the zip: the service, its handler, and what starts it as a process."""


ZIPS: Mapping[str, Mapping[str, bool]] = {
    "service": {},
    CURL: {"curl": True},
    LEAN: {"curl": True, "lean": True},
}
"""The zips of the service, and how each is made."""


@dataclass(frozen=True)
class Package:
    """The content of a zip, its handler and its environment."""

    tree: Path
    handler: str
    environment: Mapping[str, str]
    zip_bytes: int


@contextmanager
def packages(endpoint: str) -> Iterator[dict[str, Package]]:
    """The plain handler and the service, each as its zip has it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield {
            BASELINE: _plain(folder / "plain", endpoint),
            **{variant: _service(folder / variant, endpoint, **options) for variant, options in ZIPS.items()},
        }


@contextmanager
def trees(variants: Iterable[str]) -> Iterator[dict[str, Path]]:
    """Where each of these variants starts: ours from what its zip has, the others from here."""
    with TemporaryDirectory() as name:
        zipped = {each: _service(Path(name, each), "", **ZIPS[each]).tree for each in variants if each in ZIPS}
        yield {each: zipped.get(each, ROOT) for each in variants}


def _service(tree: Path, endpoint: str, *, curl: bool = False, lean: bool = False) -> Package:
    """What `make lambda-zip` packs, and the service of this folder beside it."""
    tree.mkdir()
    fill(tree, this_architecture(), curl=curl)
    if lean:
        make_lean(tree, our_packages(ROOT))
    environment = {
        Settings.variable("persistence"): "dynamodb",
        Settings.variable("dynamodb_endpoint"): endpoint,
        Settings.variable("dynamodb_table"): TABLE,
        Settings.variable("dynamodb_transport"): "curl" if curl else "botocore",
    }
    zipped = _unzipped(tree)
    for path in OURS:
        copy = shutil.copytree if (HERE / path).is_dir() else shutil.copyfile
        (tree / HERE.name / path).parent.mkdir(parents=True, exist_ok=True)
        copy(HERE / path, tree / HERE.name / path)
    compileall.compile_dir(tree / HERE.name, quiet=1)
    if lean:
        make_lean(tree, (*our_packages(ROOT), HERE.name))
    return Package(tree, "benchmarks.service.handler.handler", environment, zipped)


def _plain(tree: Path, endpoint: str) -> Package:
    """The plain handler, with what pip installs for it, in the versions of the service."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"--target={tree}"]
    subprocess.run([*install, "--constraint", str(_versions(tree.parent)), *PLAIN], check=True)
    shutil.copy(HERE / "plain_handler.py", tree)
    compileall.compile_file(tree / "plain_handler.py", quiet=1)
    return Package(tree, "plain_handler.handler", {"ENDPOINT": endpoint, "TABLE": TABLE}, _unzipped(tree))


def _unzipped(tree: Path) -> int:
    """Puts the content of the zip of `tree` in its place, and returns the size of the zip."""
    zipped = packed(tree)
    shutil.rmtree(tree)
    ZipFile(BytesIO(zipped)).extractall(tree)
    return len(zipped)


def _versions(folder: Path) -> Path:
    """The pins without hashes, for pip takes either all hashes or none."""
    pins = re.findall(
        r"^[a-z0-9._-]+==[^ ;\\]+", (ROOT / "constraints/dev.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    path = folder / "versions.txt"
    path.write_text("\n".join(pins), encoding="utf-8")
    return path
