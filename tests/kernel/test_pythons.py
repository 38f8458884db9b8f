"""`make verify` finds other versions of Python, runs the quick tests under each, and says which are not there."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kernel import pythons
from tests.kernel.pythons import THIS
from tests.kernel.pythons import find
from tests.kernel.pythons import main


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without Python, for `a_program` to put some there."""
    return {"PATH": f"{tmp_path / 'bin'}", "HOME": f"{tmp_path / 'home'}"}


@pytest.fixture
def a_program(tmp_path: Path) -> Callable[[str, str], str]:
    """Makes a program that does what its line of shell says, and answers its path."""

    def make(path: str, line: str) -> str:
        program = tmp_path / path
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
        return str(program)

    return make


@pytest.fixture
def made(a_program, tmp_path) -> Callable[[], list[str]]:
    """What `make` was asked for, which does nothing else; it fails for an interpreter that is broken."""
    log = tmp_path / "made"
    log.touch()
    a_program("bin/make", f"""echo "$@ with $TEST_ADAPTERS" >> {log}; case "$1" in *broken*) exit 3;; esac""")
    return lambda: log.read_text().splitlines()


def test_an_interpreter_is_found_on_the_path(machine, a_program):
    path = a_program("bin/python3.12", "echo 3.12")

    assert find(["python3.12"], machine) == ({"3.12": path}, [])


def test_a_command_that_does_not_run_is_passed_over_for_the_interpreter_that_pyenv_installed(machine, a_program):
    a_program("bin/python3.12", "exit 127")
    path = a_program("home/.pyenv/versions/3.12.1/bin/python3.12", "echo 3.12")

    assert find(["python3.12"], machine) == ({"3.12": path}, [])


def test_pyenv_may_be_elsewhere(machine, a_program, tmp_path):
    path = a_program("elsewhere/versions/3.12.1/bin/python3.12", "echo 3.12")

    assert find(["python3.12"], {**machine, "PYENV_ROOT": str(tmp_path / "elsewhere")}) == ({"3.12": path}, [])


def test_an_interpreter_may_be_named_by_its_path(machine, a_program):
    path = a_program("opt/any", "echo 3.12")

    assert find([path], machine) == ({"3.12": path}, [])


def test_what_does_not_run_is_missing(machine, a_program):
    a_program("bin/python3.12", "exit 127")

    assert find(["python3.12", "python3.13"], machine) == ({}, ["python3.12", "python3.13"])


def test_the_interpreter_of_the_tests_tells_its_version():
    assert find([sys.executable], os.environ) == ({THIS: sys.executable}, [])


def test_each_version_runs_the_quick_tests_in_memory_in_an_environment_of_its_own(machine, a_program, made):
    first, second = (a_program(f"bin/python3.{minor}", f"echo 3.{minor}") for minor in (98, 99))

    code = main(["python3.98", "python3.99"], machine)

    assert code == 0
    assert made() == [
        f"PYTHON={first} VENV=.venv-3.98 test test-kernel with memory",
        f"PYTHON={second} VENV=.venv-3.99 test test-kernel with memory",
    ]


def test_the_version_that_is_tested_anyway_is_left_out(machine, a_program, made):
    a_program("bin/this", f"echo {THIS}")

    assert main(["this"], machine) == 0
    assert made() == []


def test_one_that_is_named_and_missing_is_a_failure_before_any_runs(machine, a_program, made, capsys):
    a_program("bin/python3.98", "echo 3.98")

    assert main(["python3.98", "python3.99"], machine) == 1
    assert made() == []
    assert "Not on this machine: python3.99\n" in capsys.readouterr().err


def test_without_names_all_supported_ones_run_that_are_there_and_the_others_are_told(
    machine, a_program, made, capsys, monkeypatch
):
    monkeypatch.setattr(pythons, "SUPPORTED", ("python3.98", "python3.99"))
    a_program("bin/python3.98", "echo 3.98")

    assert main([], machine) == 0
    assert len(made()) == 1
    assert "Not on this machine: python3.99\n" in capsys.readouterr().err


def test_the_first_version_whose_tests_fail_ends_it(machine, a_program, made, capsys):
    broken = a_program("bin/broken", "echo 3.98")
    a_program("bin/python3.99", "echo 3.99")

    assert main([broken, "python3.99"], machine) == 3
    assert len(made()) == 1
    assert "Python 3.98: failed\n" in capsys.readouterr().err
