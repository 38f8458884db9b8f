"""The contract bites: every adapter that breaks a promise is found out by the test of that promise."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.kernel.contracts.broken import run
from tests.kernel.contracts.broken import run_failures


def test_every_broken_adapter_fails_the_test_of_the_promise_it_breaks(tmp_path):
    report = tmp_path / "report.xml"

    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            run.__file__,
            run_failures.__file__,
            f"--junitxml={report}",
            "-q",
            "-p",
            "no:randomly",
        ],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == pytest.ExitCode.TESTS_FAILED, ended.stdout + ended.stderr
    found_out = {
        (case.attrib["classname"].rpartition(".Test")[2], case.attrib["name"].partition("[")[0])
        for case in ElementTree.parse(report).iter("testcase")
        for failure in case.iter("failure")
        if _is_finding(failure)
    }
    every: Sequence[Any] = (*run.BROKEN, *run_failures.BROKEN_UNDER_FAILURE)
    assert {(broken.name, broken.found_out_by) for broken in every} - found_out == set()


def _is_finding(failure: ElementTree.Element) -> bool:
    """Whether a promise was found broken, rather than the broken adapter itself falling over."""
    return failure.attrib["message"].startswith(("AssertionError", "assert ", "Failed", "domain.kernel.errors."))
