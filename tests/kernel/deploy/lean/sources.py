"""Sources that import pydantic and dependency-injector, in a folder of a test."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.kernel.selection import own_files

ROOT = Path(__file__).parents[4]
PACKAGE = "models"


def written(folder: Path, source: str, path: str = f"{PACKAGE}/one.py") -> Path:
    """`folder`, with a module of that source in it."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(source, encoding="utf-8")
    return folder


def with_kernels(folder: Path) -> Path:
    """`folder`, with those of our sources in it that go into the zip."""
    for path in own_files(ROOT, ("*.py",)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, folder / path)
    return folder


def run(folder: Path, script: str) -> Any:
    """What a script prints as JSON, in a process that imports from `folder`."""
    environment = {"PATH": os.defpath, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-c", f"import json, sys; {script}"]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
