"""Where a service came from, as it is recorded in it."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from template import VERSION

RECORD = ".template.json"
"""The file of a service that says which template, which version of it, and which answers it was made from."""

_UNSUBSTITUTED = "$Format"


@dataclass(frozen=True)
class Source:
    """A template at one of its versions."""

    template: str
    """A folder, the address of a git repository, or that of a zip."""

    commit: str | None
    """None if it is not known: of a folder without git, or of a zip that git has not made."""

    version: str = VERSION

    @classmethod
    def of(cls, root: Path, context: Mapping[str, Any]) -> "Source":
        """What cookiecutter, or cruft, is running: `root` is the checkout, which may be there for this run only."""
        return cls(_location(root, context), _commit(root))

    def record(self, answers: Mapping[str, object]) -> str:
        """What is written down in the service."""
        return json.dumps({**asdict(self), "answers": answers}, indent=2, ensure_ascii=False) + "\n"


def _location(root: Path, context: Mapping[str, Any]) -> str:
    given = str(context.get("_template", "."))
    if given.endswith(".zip"):
        called_in = Path(os.environ.get("PWD", "."))
        return str((called_in / given).resolve()) if (called_in / given).is_file() else given
    is_in_place = context.get("_repo_dir") == given  # a folder is used where it is; all else is cloned, by cruft too
    origin = None if is_in_place else _git(root, "config", "remote.origin.url")
    return origin or str(root)


def _commit(root: Path) -> str | None:
    if (root / ".git").exists():
        return _git(root, "rev-parse", "HEAD")
    substituted_by_git_archive = (root / "template/commit.txt").read_text(encoding="utf-8").strip()
    return None if substituted_by_git_archive.startswith(_UNSUBSTITUTED) else substituted_by_git_archive


def _git(root: Path, *arguments: str) -> str | None:
    """What git answers; None if it is not there, or has no answer."""
    try:
        finished = subprocess.run(["git", "-C", root, *arguments], capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return None
    return finished.stdout.strip() or None
