"""The tutorial, followed to the letter, leaves a service that is green, and touches little of it."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.template.services import Service
from tests.template.services import commit
from tests.template.services import git
from tests.template.services import service

MAX_FILES = 12
MAX_ADDED_LINES = 300


@dataclass(frozen=True)
class Step:
    """A fenced block: a change to apply, or commands to run."""

    kind: str
    text: str


def steps(document: Path) -> list[Step]:
    """What the reader is to do, in order."""
    blocks = re.findall(r"^```(diff|sh)\n(.*?)^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Step(kind, text) for kind, text in blocks]


def take(step: Step, made: Service) -> None:
    """Does what the reader is to do."""
    command = ["git", "apply", "--whitespace=nowarn", "-"] if step.kind == "diff" else ["bash", "-euo", "pipefail"]
    finished = subprocess.run(
        command,
        cwd=made.folder,
        input=step.text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert finished.returncode == 0, f"{step.text}\n{finished.stdout}"


def test_the_tutorial_touches_at_most_12_files_and_no_kernel_and_leaves_a_service_that_is_green(tmp_path):
    made = service(tmp_path / "new", aggregate="Customer", example="no")
    made.install()
    made.make("aggregate", "NAME=Order")
    commit(made.folder, "Two plain aggregates")

    to_take = steps(made.folder / "docs/tutorial.md")
    for step in to_take:
        take(step, made)

    assert "make check test test-kernel" in to_take[-1].text
    git(made.folder, "add", "--all", "--intent-to-add")
    touched = [line.split("\t") for line in git(made.folder, "diff", "--numstat").splitlines()]
    assert len(touched) <= MAX_FILES
    assert sum(int(added) for added, _, _ in touched) <= MAX_ADDED_LINES
    assert not [path for _, _, path in touched if "/kernel/" in path]
