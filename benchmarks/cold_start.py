"""What a cold start on Lambda costs: an API of the kernel, beside a plain handler of boto3 and pydantic, each from its zip.

The API is that of the tests' tiny service, so that no aggregate of the service has a part in this. Both are run by
AWS's runtime client and read one item from a ministack, in turns.
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
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.kernel.lambda_zip import fill
from deploy.kernel.lambda_zip import packed
from deploy.kernel.lambda_zip import this_architecture
from tests.kernel.faults.processes import a_container
from tests.kernel.faults.processes import a_table
from tests.kernel.service.domain import Crate
from tests.kernel.service.settings import Settings
from tests.lambda_zip.package import loaded
from tests.lambda_zip.runtime import a_function

ROUNDS = 15
MB = 1024 * 1024
ROOT = Path(__file__).parents[1]
PLAIN = ("boto3", "pydantic")
PLAIN_HANDLER = Path(__file__).with_name("plain_handler.py")
HANDLER = Path(__file__).with_name("tiny_handler.py")
TINY_SERVICE = Path("tests", "kernel", "service")


@dataclass(frozen=True)
class Subject:
    """What is measured: the content of a zip, its handler and its environment."""

    name: str
    package: Path
    handler: str
    environment: Mapping[str, str]
    zip_bytes: int


@dataclass(frozen=True)
class Start:
    """One cold start: seconds until the first invocation could come, until it was answered, and the peak of memory."""

    ready_seconds: float
    answered_seconds: float
    peak_bytes: int


def main() -> None:
    """Prints a table: medians, and as ratios to the plain handler."""
    with TemporaryDirectory() as folder, stored() as (settings, entity):
        subjects = [plain(Path(folder, "plain"), settings), zipped(Path(folder, "service"), settings)]
        payload = {
            "version": "2.0",
            "rawPath": f"/crates/{entity.id}",
            "rawQueryString": "",
            "headers": {},
            "requestContext": {"http": {"method": "GET"}},
        }
        starts: dict[str, list[Start]] = {subject.name: [] for subject in subjects}
        for _ in range(ROUNDS):
            for subject in subjects:
                starts[subject.name].append(start(subject, payload, entity))
        Console().print(report([figures(subject, payload, starts[subject.name]) for subject in subjects]))


@contextmanager
def stored() -> Iterator[tuple[Settings, Crate]]:
    """Where one item is stored, and which."""
    with a_table(Settings) as settings:
        yield settings, a_container(settings).crates().add(Crate(id="first", name="First"))


def zipped(tree: Path, settings: Settings) -> Subject:
    """What `make lambda-zip` packs, and the tiny service beside it."""
    tree.mkdir()
    fill(tree, this_architecture())
    shutil.copytree(ROOT / TINY_SERVICE, tree / TINY_SERVICE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HANDLER, tree)
    compileall.compile_dir(tree / TINY_SERVICE, quiet=1)
    compileall.compile_file(tree / HANDLER.name, quiet=1)
    environment = {
        Settings.variable("persistence"): "dynamodb",
        Settings.variable("auth"): "none",
        Settings.variable("dynamodb_endpoint"): str(settings.dynamodb_endpoint),
    }
    return Subject("service", tree, "tiny_handler.handler", environment, len(packed(tree)))


def plain(tree: Path, settings: Settings) -> Subject:
    """The plain handler, with what pip installs for it, in the versions of the service."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"--target={tree}"]
    subprocess.run([*install, "--constraint", str(versions(tree.parent)), *PLAIN], check=True)
    shutil.copy(PLAIN_HANDLER, tree)
    environment = {"ENDPOINT": str(settings.dynamodb_endpoint), "TABLE": settings.dynamodb_table}
    return Subject("boto3 + pydantic", tree, "plain_handler.handler", environment, len(packed(tree)))


def versions(folder: Path) -> Path:
    """The pins without hashes, for pip takes either all hashes or none."""
    pins = re.findall(
        r"^[a-z0-9._-]+==[^ ;\\]+", (ROOT / "constraints/dev.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    path = folder / "versions.txt"
    path.write_text("\n".join(pins), encoding="utf-8")
    return path


def start(subject: Subject, payload: Mapping[str, Any], expected: Crate) -> Start:
    """A cold start, up to the answer."""
    with a_function(subject.package, subject.handler, subject.environment) as function:
        ready = function.started()
        invocation = function.invoke(payload)
        status = Path(f"/proc/{function.pid}/status").read_text(encoding="ascii")
    assert json.loads(invocation.answer["body"])["name"] == expected.name, invocation
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert peak is not None
    return Start(ready, ready + invocation.seconds, int(peak[1]) * 1024)


def figures(subject: Subject, payload: Mapping[str, Any], starts: list[Start]) -> dict[str, float | str]:
    """The line of a subject."""
    return {
        "": subject.name,
        "modules": modules(subject, payload),
        "zip, MB": subject.zip_bytes / MB,
        "ready, ms": 1000 * median(each.ready_seconds for each in starts),
        "answered, ms": 1000 * median(each.answered_seconds for each in starts),
        "peak, MB": median(each.peak_bytes for each in starts) / MB,
    }


def modules(subject: Subject, payload: Mapping[str, Any]) -> int:
    """How many modules are loaded when the first answer is there."""
    _, names = loaded(subject.package, subject.handler, subject.environment, payload)
    return len(names)


def report(lines: list[dict[str, float | str]]) -> Table:
    """A table of the figures, and of their ratios to the first line."""
    table = Table(*lines[0])
    for line in lines:
        table.add_row(*(value if isinstance(value, str) else f"{value:.1f}" for value in line.values()))
    ratios = (float(lines[1][name]) / float(lines[0][name]) for name in list(lines[0])[1:])
    table.add_row("ratio", *(f"{ratio:.2f}" for ratio in ratios))
    return table


if __name__ == "__main__":
    main()
