"""The steps of the image, run without a container engine in a folder that stands in for the root of its file system."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pathlib import PurePosixPath
from tempfile import TemporaryDirectory

import pytest

from tests.container.dockerfile import ROOT
from tests.container.dockerfile import Stage
from tests.container.dockerfile import reaches_the_builder
from tests.container.dockerfile import stages

PROGRAMS = ("pip", "python")
"""What is run of a step. Anything else, such as the package manager of a distribution, is left out: it would change this machine."""
ABSOLUTE = re.compile(r"(?<![\w./])/(?=(opt|src|wheels)\b)")
STRANGER = 10001


@dataclass(frozen=True)
class Image:
    """What the steps of its stages have left in `root`."""

    root: Path
    stages: Mapping[str, Stage]

    def build(self, stage: Stage) -> None:
        """Copies, and runs what can be run, from the FROM of `stage` on."""
        workdir = self.root
        environment = {**os.environ, **self.environment(stage)}
        for keyword, arguments in stage.instructions:
            if keyword == "WORKDIR":
                workdir = Path(self.inside(arguments))
                workdir.mkdir(exist_ok=True)
            elif keyword == "COPY" and "--from" not in arguments:
                *sources, target = arguments.split()
                copy(sources, workdir / target)
            elif keyword == "RUN":
                for command in arguments.split("&&"):
                    if command.split()[0] in PROGRAMS:
                        subprocess.run(["sh", "-c", self.inside(command)], cwd=workdir, env=environment, check=True)

    def environment(self, stage: Stage) -> dict[str, str]:
        """What the stage sets, beside the programs of the base image."""
        path = os.pathsep.join((f"{self.root}/base/bin", "/usr/bin", "/bin"))
        return {name: self.inside(value) for name, value in stage.environment({"PATH": path}).items()}

    def inside(self, text: str) -> str:
        """`text`, in which absolute paths lie in this folder."""
        return ABSOLUTE.sub(f"{self.root}/", text)

    def files(self) -> dict[Path, int]:
        """All there is, and when it was changed last."""
        return {path: path.lstat().st_mtime_ns for path in self.root.rglob("*")}

    def stranger(self) -> dict[str, int]:
        """How `subprocess` runs a program as a user without a name or a home, where this user may do so."""
        stranger = {"user": STRANGER, "group": STRANGER}
        try:
            subprocess.run([self.root / "opt/venv/bin/python", "-c", ""], check=True, cwd="/", **stranger)  # type: ignore[call-overload]  # mypy cannot match keywords of a dict
        except (OSError, subprocess.CalledProcessError):
            return {}
        return stranger


def copy(sources: list[str], target: Path) -> None:
    """COPY, of files and of whole folders, without what the builder is not sent."""
    ignoring = (ROOT / ".dockerignore").read_text(encoding="utf-8")

    def left_out(folder: str, names: list[str]) -> set[str]:
        paths = {name: PurePosixPath((Path(folder) / name).relative_to(ROOT)) for name in names}
        return {name for name, path in paths.items() if not reaches_the_builder(path, ignoring)}

    for source in sources:
        assert reaches_the_builder(PurePosixPath(source), ignoring), source
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=left_out)
        else:
            shutil.copy(ROOT / source, target)


@pytest.fixture(scope="session")
def built() -> Iterator[Image]:
    """The image of the service. Not in the folder of pytest, into which no other user can look."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        image = Image(root, stages((ROOT / "Dockerfile").read_text(encoding="utf-8")))
        subprocess.run([sys.executable, "-m", "venv", root / "base"], check=True)
        image.build(image.stages["build"])
        image.build(image.stages["service"])
        yield image
