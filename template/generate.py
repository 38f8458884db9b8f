"""Makes a service: what the hooks of cookiecutter call."""

import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from template.answers import Answers
from template.answers import unknown
from template.errors import Refused
from template.formatting import format_python
from template.paths import is_verbatim
from template.service import Reference
from template.source import OF_CRUFT
from template.source import RECORD
from template.source import Source

MARKER = Path("HOOKS_DID_NOT_RUN.md")
"""What cookiecutter itself puts into the new folder; gone when the hooks have run."""

_KEEP_EXISTING = "Files that exist are kept."


def check(root: Path, context: Mapping[str, Any], given: Iterable[str] = ()) -> None:
    """Ends cookiecutter, with everything that is wrong, before it writes anything.

    Args:
        context: the answers, by their questions, beside what cookiecutter adds.
        given: the questions that the command line answers, of which cookiecutter drops those that do not exist.
    """
    problems = [*unknown(given), *Reference(root).problems(context)]
    if problems:
        sys.exit(f"No service was made:{Refused(problems)}")
    # Cookiecutter now puts its own there, unless it was told to skip files that exist.
    MARKER.write_text(_KEEP_EXISTING, encoding="utf-8")


def generate(root: Path, context: Mapping[str, Any]) -> None:
    """Writes the service into this folder, and says what to do next."""
    reference = Reference(root)
    answers = reference.answers(context)
    files = reference.service(answers)
    source = Source.of(root, context)
    files[RECORD] = source.record(answers.recorded()).encode()
    is_of_cruft = "_repo_dir" not in context  # it compares folders that it makes elsewhere, and prints the difference
    if not is_of_cruft and (record := source.record_of_cruft(answers.recorded())):
        files[OF_CRUFT] = record.encode()
    keep_existing = MARKER.read_text(encoding="utf-8") == _KEEP_EXISTING

    with tempfile.TemporaryDirectory() as folder:
        drafts = Path(folder)
        complaint = draft(files, drafts)
        for path in files:
            if not (keep_existing and Path(path).exists()):
                move(drafts / path, Path(path))
    MARKER.unlink()

    if is_of_cruft:
        return
    notes = [f"make fix    # nothing is formatted yet: {complaint}"] if complaint else []
    complaint = _init_git() if answers.git else None
    notes += [f"git init    # there is no repository yet: {complaint}"] if complaint else []
    _say_what_is_next(answers, notes)


def draft(files: Mapping[str, bytes], folder: Path) -> str | None:
    """Writes a service into a folder and formats what is its own.

    Returns:
        Why it is not formatted, if it is not.
    """
    write(files, folder)
    return format_python(folder, (path for path in files if not is_verbatim(path)))


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


def _init_git() -> str | None:
    """Makes a repository, unless there is no git, or the folder is in a repository already.

    Returns:
        Why there is none, if git refused. The service is as good without.
    """
    if shutil.which("git") is None or _git("rev-parse", "--git-dir").returncode == 0:
        return None
    commands = (
        ("init", "--quiet", "--template="),
        ("symbolic-ref", "HEAD", "refs/heads/main"),  # `init --initial-branch` needs git 2.28
        ("add", "--all"),
    )
    for command in commands:
        finished = _git(*command)
        if finished.returncode != 0:
            shutil.rmtree(".git", ignore_errors=True)
            return " ".join(finished.stderr.split()) or f"git {command[0]} failed"
    return None


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments], capture_output=True, encoding="utf-8", errors="backslashreplace", check=False
    )


def _say_what_is_next(answers: Answers, notes: Iterable[str]) -> None:
    lines = [
        f"{answers.project_name} is ready. Next:",
        "",
        f"  cd {shlex.quote(str(Path.cwd()))}",
        *(f"  {note}" for note in notes),
        "  make test           # the first command also installs, for one or two minutes",
        "  make run            # serves on http://127.0.0.1:8080, with the API's documentation at /docs",
        "  make deploy-local   # deploys the AWS stack to this machine, and prints a URL and a token",
        f"  make aggregate NAME={'Customer' if answers.aggregate.singular == 'Invoice' else 'Invoice'}",
        "",
    ]
    shown = "\n".join(lines).encode(sys.stdout.encoding, "backslashreplace")  # what the terminal lacks, a name may have
    sys.stdout.write(shown.decode(sys.stdout.encoding))
