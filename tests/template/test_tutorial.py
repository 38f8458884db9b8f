"""The tutorial's steps, as printed, leave a service that is green."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.template.services import ORDER
from tests.template.services import Service
from tests.template.services import service


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


@pytest.mark.parametrize(
    "answers",
    [
        ORDER,
        {**ORDER, "example": "yes"},
        {**ORDER, "aggregate": "LineItem", "aggregate_plural": "LineItems"},
    ],
    ids=["orders", "orders beside the example", "a name of two words"],
)
def test_the_steps_of_the_tutorial_leave_a_service_that_is_green(tmp_path, answers):
    made = service(tmp_path / "new", **answers)
    made.install()

    to_take = steps(made.folder / "docs/tutorial.md")
    for step in to_take:
        take(step, made)

    assert sum(step.kind == "diff" for step in to_take) > 10
    assert "make test" in to_take[-1].text
