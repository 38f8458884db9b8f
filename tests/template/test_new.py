"""`make new` asks, and tells of an answer that cannot be used before it asks the next question."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.template.services import ORDER
from tests.template.services import ROOT
from tests.template.services import Finished
from tests.template.services import Service
from tests.template.services import run
from tests.template.services import service

DEFAULT = ""


def make_new(folder: Path, *arguments: str) -> Finished:
    (folder / "new").mkdir()
    return run("make", "new", f"OUT={folder / 'new'}", *arguments, cwd=ROOT, HOME=str(folder))


def told(folder: Path, *answers: str, end: str = "") -> Finished:
    """What a user sees who types these answers in a terminal."""
    (folder / "new").mkdir(exist_ok=True)
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode() + end.encode())
    with subprocess.Popen(
        ["make", "new", f"OUT={folder / 'new'}"],
        cwd=ROOT,
        env={**os.environ, "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull, "COLUMNS": "300", "TERM": "dumb"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        output, _ = process.communicate()
    os.close(ours)
    os.close(theirs)
    return Finished(process.returncode, output)


def test_with_answers_it_makes_the_service_that_is_asked_for(tmp_path):
    finished = make_new(tmp_path, 'ARGS=project_name="Order Service" aggregate=Order example=no')

    assert finished.code == 0, finished.output
    [folder] = (tmp_path / "new").iterdir()
    assert Service(folder).files() == service(tmp_path / "other", **ORDER).files()


def test_it_asks_nothing_where_nobody_can_answer(tmp_path):
    finished = make_new(tmp_path)

    assert finished.code == 0, finished.output
    made = Service(tmp_path / "new/my-service")
    assert "domain/customer.py" in made.files()
    assert f"cd {made.folder}\n" in finished.output


def test_everything_that_is_wrong_on_the_command_line_is_named_at_once_and_nothing_is_written(tmp_path):
    arguments = "aggregat=Order example=maybe licence=GPL email=nobody project_slug=aws Order"

    finished = make_new(tmp_path, f"ARGS={arguments}")

    assert finished.code != 0
    reasons = (
        "'Order' is not a question and its answer, as aggregate=Order is",
        "'aggregat' is not a question; did you mean 'aggregate'?",
        "example: 'maybe' is neither yes nor no",
        "licence: 'GPL' is none of MIT, Proprietary",
        "email: 'nobody' is not an address",
        "project_slug: the settings of 'aws' would begin with AWS_",
    )
    assert all(f"\n  - {reason}" in finished.output for reason in reasons)
    assert "Traceback" not in finished.output
    assert not [*(tmp_path / "new").iterdir()]


def test_in_a_terminal_every_answer_may_be_the_default(tmp_path):
    finished = told(tmp_path, *[DEFAULT] * 10)

    assert finished.code == 0, finished.output
    assert finished.output.count("[1/10]") == finished.output.count("[10/10]") == 1
    assert Service(tmp_path / "new/my-service").files() == service(tmp_path / "other").files()


@pytest.mark.parametrize(
    ("position", "wrong", "right", "reason"),
    [
        (1, 'The "Order" Service', "Order Service", "has a control character, or one of "),
        (2, "order_service", "order-service", "is not words of a-z and 0-9 joined by hyphens"),
        (2, "git", "order-service", "would begin with GIT_, as GIT_DIR does"),
        (2, "taken", "order-service", "taken is there already"),
        (3, "`id`", "Takes orders.", "has a control character, or one of "),
        (4, "{Ann}", "Ann", "has a control character, or one of "),
        (5, "nobody", "ann@example.com", "is not an address; leave it empty if there is none"),
        (6, "order", "Order", "is not in PascalCase, as LineItem is; did you mean 'Order'?"),
        (6, "Event", "Order", "becomes 'Event', which is something else in domain/sponsor.py"),
        (7, "Customer", "Customers", "has to differ from the singular; try 'CustomerList'"),
    ],
)
def test_a_wrong_answer_is_told_with_the_reason_and_asked_for_again_at_once(tmp_path, position, wrong, right, reason):
    (tmp_path / "new/taken").mkdir(parents=True)
    defaults = [DEFAULT] * 9

    finished = told(tmp_path, *defaults[: position - 1], wrong, right, *defaults[position - 1 :])

    assert finished.code == 0, finished.output
    before, _, after = finished.output.partition(reason)
    assert before.count(f"[{position}/10]") == 1
    assert f"[{position + 1}/10]" not in before
    assert after.count(f"[{position}/10]") == 1
    assert len([*(tmp_path / "new").iterdir()]) == 2


def test_a_name_that_only_the_example_has_is_told_when_the_example_is_wanted(tmp_path):
    finished = told(tmp_path, *[DEFAULT] * 5, "Team", DEFAULT, "yes", "no", DEFAULT, DEFAULT)

    assert finished.code == 0, finished.output
    assert finished.output.index("[8/10]") < finished.output.index("domain/team.py, and that is there already")
    assert b"class Team(Entity)" in Service(tmp_path / "new/my-service").files()["domain/team.py"]


def test_who_breaks_off_gets_no_service_and_no_traceback(tmp_path):
    finished = told(tmp_path, "Order Service", end="\x04")

    assert finished.code != 0
    assert "No service was made." in finished.output
    assert "Traceback" not in finished.output
    assert not [*(tmp_path / "new").iterdir()]
