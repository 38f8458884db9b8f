"""The contract bites: every adapter that breaks a promise is found out by the test of that promise."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.kernel.contracts.broken import run as broken_run
from tests.kernel.contracts.broken.run import BROKEN


def test_every_broken_adapter_fails_the_test_of_the_promise_it_breaks(tmp_path):
    report = tmp_path / "report.xml"

    run = subprocess.run(
        [sys.executable, "-m", "pytest", broken_run.__file__, f"--junitxml={report}", "-q", "-p", "no:randomly"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    found_out = {
        (case.attrib["classname"].rpartition(".Test")[2], case.attrib["name"].partition("[")[0])
        for case in ElementTree.parse(report).iter("testcase")
        for failure in case.iter("failure")
        if _is_finding(failure)
    }
    assert {(broken.name, broken.found_out_by) for broken in BROKEN} - found_out == set()


def _is_finding(failure: ElementTree.Element) -> bool:
    """Whether a promise was found broken, rather than the broken adapter itself falling over."""
    return failure.attrib["message"].startswith(("AssertionError", "assert ", "Failed", "domain.kernel.errors."))
