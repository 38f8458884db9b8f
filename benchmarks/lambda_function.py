"""What a start on Lambda costs: an API of the kernel, beside a plain handler of boto3 and pydantic, each from its zip.

AWS's own runtime client runs both. Neither downloads the zip, which Lambda also has to do.
"""

import compileall
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from benchmarks.data import IDS
from benchmarks.data import TABLE
from benchmarks.data import basket
from benchmarks.processes import ROOT
from benchmarks.processes import a_stub
from benchmarks.processes import cpu_seconds
from benchmarks.processes import peak_bytes
from benchmarks.report import Line
from benchmarks.service.container import Settings
from benchmarks.variants import BASELINE
from deploy.kernel.lambda_zip import fill
from deploy.kernel.lambda_zip import packed
from deploy.kernel.lambda_zip import this_architecture
from tests.lambda_zip.runtime import Function
from tests.lambda_zip.runtime import a_function

PLAIN = ("boto3", "pydantic")
HERE = Path(__file__).parent
OURS = ("__init__.py", "service")
"""What of this folder goes into the zip, for the handler of the service is in it."""
WARM_CALLS = 100
PAYLOAD = {
    "version": "2.0",
    "rawPath": f"/baskets/{IDS[0]}",
    "rawQueryString": "",
    "headers": {},
    "requestContext": {"http": {"method": "GET"}},
}


@dataclass(frozen=True)
class Package:
    """The content of a zip, its handler and its environment."""

    tree: Path
    handler: str
    environment: Mapping[str, str]
    zip_bytes: int


def measured(rounds: int) -> list[Line]:
    """The starts of both functions in turns, and what they take when they are warm."""
    start = Line.of("Lambda: start to first answer", "cpu")
    waited = Line.of("Lambda: start to first answer", "wall")
    warm = Line.of("Lambda: a warm invocation", "cpu")
    peak = Line.of("Lambda: peak of memory", "bytes")
    size = Line.of("Lambda: zip", "bytes")
    with a_stub() as endpoint, packages(endpoint) as variants:
        for number in range(-1, rounds):  # the first one fills the caches of the file system
            for variant, package in variants.items():
                with a_function(package.tree, package.handler, package.environment) as function:
                    ready = function.started()
                    answered = ready + _invoked(function)
                    cpu, memory = cpu_seconds(function.pid), peak_bytes(function.pid)
                    for _ in range(WARM_CALLS):
                        _invoked(function)
                    invocation = (cpu_seconds(function.pid) - cpu) / WARM_CALLS
                if number >= 0:
                    for line, value in ((start, cpu), (waited, answered), (warm, invocation), (peak, memory)):
                        line.add(variant, value)
        for variant, package in variants.items():
            size.add(variant, package.zip_bytes)
    return [start, waited, warm, peak, size]


@contextmanager
def packages(endpoint: str) -> Iterator[dict[str, Package]]:
    """The plain handler and the service, each as its zip has it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield {BASELINE: _plain(folder / "plain", endpoint), "service": _service(folder / "service", endpoint)}


def _service(tree: Path, endpoint: str) -> Package:
    """What `make lambda-zip` packs, and the service of this folder beside it."""
    tree.mkdir()
    fill(tree, this_architecture())
    environment = {
        Settings.variable("persistence"): "dynamodb",
        Settings.variable("dynamodb_endpoint"): endpoint,
        Settings.variable("dynamodb_table"): TABLE,
    }
    zipped = _unzipped(tree)
    for path in OURS:
        copy = shutil.copytree if (HERE / path).is_dir() else shutil.copyfile
        (tree / HERE.name).mkdir(exist_ok=True)
        copy(HERE / path, tree / HERE.name / path)
    compileall.compile_dir(tree / HERE.name, quiet=1)
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


def _invoked(function: Function) -> float:
    """The seconds that an invocation takes."""
    invocation = function.invoke(PAYLOAD)
    answer: Any = invocation.answer
    if json.loads(answer["body"]) != basket(0):
        sys.exit(f"not the answer that is expected: {invocation}")
    return invocation.seconds
