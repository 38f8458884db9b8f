"""Where a service came from, as it is recorded in it."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from template import VERSION

RECORD = ".template.json"
"""The file of a service that says which template, which version of it, and which answers it was made from."""

OF_CRUFT = ".cruft.json"
"""The file in which cruft keeps the same. With it, `cruft update` works in a service that cruft has not made."""

_URL = re.compile(r"[a-z][a-z+]*://|(?:[^/@:]+@)?[^/@:]{2,}:")
"""How the address of a repository on another machine begins, git's own short form among them: `git@host:path`."""

_UNSUBSTITUTED = "$Format"


@dataclass(frozen=True)
class Source:
    """A template at one of its versions."""

    template: str
    """The address of a git repository or a zip; a folder, if it is no clone of a repository that has an address."""

    commit: str | None
    """None if it is not known: of a folder without git, or of a zip that git has not made."""

    version: str = VERSION

    @classmethod
    def of(cls, root: Path, context: Mapping[str, Any]) -> "Source":
        """What cookiecutter, or cruft, is running: `root` is the checkout, which may be there for this run only."""
        return cls(_location(root, context), _commit(root))

    def record(self, answers: Mapping[str, object]) -> str:
        """What is written down in the service."""
        return _json({**asdict(self), "answers": answers})

    def record_of_cruft(self, answers: Mapping[str, object]) -> str | None:
        """What cruft would have written down; None if it could not update from there: it needs git."""
        if self.commit is None or self.template.endswith(".zip"):
            return None
        context = {"cookiecutter": answers}
        return _json(
            {"template": self.template, "commit": self.commit, "checkout": None, "context": context, "directory": None}
        )


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _location(root: Path, context: Mapping[str, Any]) -> str:
    given = str(context.get("_template", "."))
    if given.endswith(".zip"):
        called_in = Path(os.environ.get("PWD", "."))
        return str((called_in / given).resolve()) if (called_in / given).is_file() else given
    is_in_place = context.get("_repo_dir") == given  # a folder is used where it is; all else is cloned, by cruft too
    origin = _git(root, "config", "remote.origin.url") if _is_repository(root) else None
    if origin is None or (is_in_place and not _URL.match(origin)):
        return str(root)
    return _without_credentials(origin)


def _without_credentials(url: str) -> str:
    """What may be committed: the user of `ssh://git@host` stays, since the address is none without."""
    return re.sub(r"^(https?://)[^/@]*@|^([a-z+]+://[^/@:]*):[^/@]*(?=@)", r"\1\2", url)


def _commit(root: Path) -> str | None:
    if _is_repository(root):
        return _git(root, "rev-parse", "HEAD")
    substituted_by_git_archive = (root / "template/commit.txt").read_text(encoding="utf-8").strip()
    return None if substituted_by_git_archive.startswith(_UNSUBSTITUTED) else substituted_by_git_archive


def _is_repository(root: Path) -> bool:
    """Whether it is one itself; a folder in somebody else's repository is none."""
    return (root / ".git").exists()


def _git(root: Path, *arguments: str) -> str | None:
    """What git answers; None if it is not there, or has no answer."""
    try:
        finished = subprocess.run(["git", "-C", root, *arguments], capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return None
    return finished.stdout.strip() or None
