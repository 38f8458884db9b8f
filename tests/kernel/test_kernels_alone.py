"""The kernels need nothing of the service around them: they pass their tests in a folder that holds nothing else.

Run only if asked for, as all tests of the kernels are run again.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = (
    *("domain/__init__.py", "usecases/__init__.py", "infrastructure/__init__.py", "tests/__init__.py"),
    *("domain/kernel", "usecases/kernel", "infrastructure/kernel", "tests/kernel"),
    *("deploy/__init__.py", "deploy/kernel"),
    *("pyproject.toml", "constraints/curl.txt", "constraints/dev.txt", "constraints/lambda.txt"),
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", Path(__file__).name)
TOO_SLOW = (
    "tests/kernel/contracts/test_broken_adapters.py",
    "tests/kernel/infrastructure/dynamodb",
    "tests/kernel/infrastructure/events",
)
"""Collected, but not run."""

IMPORT_ALL = """
from importlib import import_module
from pathlib import Path
for path in sorted(Path().glob("*/**/*.py")):
    import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
"""


@pytest.fixture
def python(tmp_path):
    """Runs Python in a folder with copies of the kernels and their tests. The original is not on its path."""
    for path in COPIED:
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, tmp_path / path, ignore=LEFT_OUT)
        else:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    packages = (path for path in sys.path if Path(path).name == "site-packages")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), *packages)), "TEST_ADAPTERS": "memory"}

    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        # Without -S, the path would lead to the original, which is installed in place.
        command = (sys.executable, "-S", *arguments)
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return python


def test_every_module_can_be_imported_where_only_kernels_are(python):
    imported = python("-c", IMPORT_ALL)

    assert imported.returncode == 0, imported.stderr


def test_the_tests_of_the_kernels_pass_where_only_kernels_are(python):
    deselected = [argument for path in TOO_SLOW for argument in ("--deselect", path)]

    passed = python("-m", "pytest", "-q", "tests", *deselected)

    assert passed.returncode == 0, passed.stdout + passed.stderr
