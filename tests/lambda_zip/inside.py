"""The tests of the service, run inside a zip: what is in it comes first, and in a lean one the tests are lean, too."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.kernel.lambda_zip import ROOT
from deploy.kernel.lean.build import make_lean
from deploy.kernel.selection import our_packages

COPIED = (
    *("__init__.py", "builders", "contracts", "domain", "infrastructure/api", "usecases"),
    *(f"kernel/{name}" for name in ("builders", "contracts", "service", "usecases/races.py")),
    *(f"kernel/infrastructure/{name}" for name in ("aws_lambda/gateway.py", "aws_lambda/invocations.py")),
    *(f"kernel/infrastructure/http/{name}" for name in ("answers.py", "clients.py")),
)
"""Tests of the service, and what they need; and the contract, kept by entities that have a field of every type."""
LATER = ("pyproject.toml", "tests/conftest.py", "tests/infrastructure/api/conftest.py", "tests/kernel/conftest.py")
"""What only pytest needs, and reads the first of."""
LEFT_OUT = ("budgets.py", "cli.py", "conftest.py", "costs/*.py")
"""What needs moto, a command line or pytest."""
LEFT_OUT_OF_LEAN = ("parcels.py",)
"""What needs computed fields."""
PLUGIN, LEAN_PLUGIN = (f"tests/lambda_zip/without_{what}.py" for what in ("server", "libraries"))
SERVICE = ("contracts", "domain", "infrastructure/api", "usecases")
CONTRACT = ("kernel/contracts/test_specimens.py",)


@dataclass(frozen=True)
class Inside:
    """A zip with the tests in it, and whether it is lean."""

    tree: Path
    is_lean: bool

    def fill(self, package: Path) -> None:
        """Puts into `tree` what is in the zip, and the tests.

        Raises:
            NotLean, NotMade: it cannot be lean.
        """
        shutil.copytree(package, self.tree)
        kernel = (f"kernel/{path.name}" for path in (ROOT / "tests" / "kernel").glob("[!t]*.py"))
        _copy([f"tests/{path}" for path in (*COPIED, *kernel)], self.tree)
        for path in (self.tree / "tests").rglob("*.py"):
            if any(map(path.match, (*LEFT_OUT, *(LEFT_OUT_OF_LEAN if self.is_lean else ())))):
                path.unlink()
        if self.is_lean:
            make_lean(self.tree, (*our_packages(ROOT), "tests"))
        _copy([*LATER, *self._plugins], self.tree)

    def passed(self, tests: Sequence[str], adapters: str) -> "subprocess.CompletedProcess[str]":
        """What pytest says of the tests, on those adapters."""
        options = ["--assert=plain", "--import-mode=append", "-p", "no:cacheprovider", "-q", "-n", "2"]
        for plugin in self._plugins:
            options += ["-p", plugin.removesuffix(".py").replace("/", ".")]
        command = [sys.executable, "-P", "-m", "pytest", *options, *(f"tests/{test}" for test in tests)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.tree), "TEST_ADAPTERS": adapters}
        return subprocess.run(command, cwd=self.tree, env=environment, capture_output=True, text=True)

    @property
    def _plugins(self) -> list[str]:
        return [LEAN_PLUGIN, PLUGIN] if self.is_lean else [PLUGIN]


def _copy(paths: Iterable[str], tree: Path) -> None:
    for path in paths:
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copyfile
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / path, tree / path)
