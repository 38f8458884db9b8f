"""Sources that import pydantic, in a folder of a test."""

import shutil
from pathlib import Path

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
