"""`make run` reads .env as .env.example says."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy/kernel/with_env.sh"
PRINT = ("sh", "-c", 'echo "${SET_TO-unset}"')


def run(folder: Path, dotenv: str | None, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command says and how it ends, in a folder with this .env."""
    if dotenv is not None:
        (folder / ".env").write_text(dotenv, encoding="utf-8")
    return subprocess.run(
        ["sh", SCRIPT, *command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("dotenv", "value"),
    [
        (None, "unset"),
        ("", "unset"),
        ("SET_TO=file", "file"),
        ("# SET_TO=comment\n\nSET_TO=file\n", "file"),
        ("SET_TO=two words, $HOME, `id` and 'quotes'\n", "two words, $HOME, `id` and 'quotes'"),
        ("SET_TO=a=b\n", "a=b"),
        ("SET_TO=\n", ""),
    ],
    ids=["no file", "empty file", "no newline", "comment", "special characters", "equals sign", "empty value"],
)
def test_a_command_gets_the_variables_of_the_file(tmp_path, dotenv, value):
    assert run(tmp_path, dotenv, *PRINT).stdout == f"{value}\n"


@pytest.mark.parametrize("value", ["environment", ""])
def test_a_variable_of_the_environment_wins(tmp_path, value):
    assert run(tmp_path, "SET_TO=file\n", *PRINT, SET_TO=value).stdout == f"{value}\n"


@pytest.mark.parametrize("line", ["SET_TO", "export SET_TO=x", "SET-TO=x", "=x", " SET_TO=x"])
def test_a_line_that_sets_nothing_is_shown_and_nothing_is_run(tmp_path, line):
    finished = run(tmp_path, f"# fine\n{line}\n", *PRINT)

    assert (finished.returncode, finished.stdout) == (1, "")
    assert line in finished.stderr


def test_a_command_ends_as_it_would_without_the_file(tmp_path):
    assert run(tmp_path, "SET_TO=file\n", "sh", "-c", "exit 7").returncode == 7


def test_the_example_can_be_read(tmp_path):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert run(tmp_path, example, "sh", "-c", 'echo "$TEAM_SERVICE_HTTP_PORT"').stdout == "8080\n"
