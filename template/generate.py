"""Makes a service: what the hooks of cookiecutter call."""

import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from template.answers import Answers
from template.errors import Refused
from template.formatting import format_python
from template.service import Reference
from template.source import RECORD
from template.source import Source

MARKER = Path("HOOKS_DID_NOT_RUN.md")
"""What cookiecutter itself puts into the new folder; gone when the hooks have run."""

_KEEP_EXISTING = "Files that exist are kept."


def check(root: Path, context: Mapping[str, Any]) -> None:
    """Ends cookiecutter, with everything that is wrong, before it writes anything."""
    reference = Reference(root)
    try:
        reference.service(reference.answers(context))
    except Refused as refused:
        sys.exit(f"No service was made:{refused}")
    # Cookiecutter now puts its own there, unless it was told to skip files that exist.
    MARKER.write_text(_KEEP_EXISTING, encoding="utf-8")


def generate(root: Path, context: Mapping[str, Any]) -> None:
    """Writes the service into this folder, and says what to do next."""
    reference = Reference(root)
    answers = reference.answers(context)
    files = reference.service(answers)
    files[RECORD] = Source.of(root, context).record(answers.recorded()).encode()
    keep_existing = MARKER.read_text(encoding="utf-8") == _KEEP_EXISTING

    with tempfile.TemporaryDirectory() as folder:
        drafts = Path(folder)
        write(files, drafts)
        complaint = format_python(drafts, files)
        for path in files:
            if not (keep_existing and Path(path).exists()):
                move(drafts / path, Path(path))
    MARKER.unlink()

    is_of_cruft = "_repo_dir" not in context  # it compares folders that it makes elsewhere, and prints the difference
    if is_of_cruft:
        return
    if answers.git:
        _init_git()
    _say_what_is_next(answers, complaint)


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Writes files into a folder; scripts can be executed."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if content.startswith(b"#!"):
            target.chmod(0o755)


def move(draft: Path, target: Path) -> None:
    """Moves a file to where it belongs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(draft, target)


def _init_git() -> None:
    """Makes a repository, unless there is no git, or the folder is in a repository already."""
    if shutil.which("git") is None:
        return
    inside = subprocess.run(["git", "rev-parse", "--git-dir"], capture_output=True, check=False)
    if inside.returncode != 0:
        subprocess.run(["git", "init", "--quiet", "--initial-branch", "main", "--template="], check=True)
        subprocess.run(["git", "add", "--all"], check=True)


def _say_what_is_next(answers: Answers, complaint: str | None) -> None:
    lines = [
        f"{answers.project_name} is ready. Next:",
        "",
        f"  cd {shlex.quote(str(Path.cwd()))}",
        *([f"  make fix    # nothing is formatted yet: {complaint}"] if complaint else []),
        "  make test   # the first command also installs, for about a minute",
        "  make run    # serves on http://127.0.0.1:8080, with the API's documentation at /docs",
        "  make aggregate NAME=Invoice",
        "",
    ]
    shown = "\n".join(lines).encode(sys.stdout.encoding, "backslashreplace")  # what the terminal lacks, a name may have
    sys.stdout.write(shown.decode(sys.stdout.encoding))
