"""The contract bites: every adapter that breaks a promise is found out by the test of that promise."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.contracts.broken import run as broken_run
from tests.contracts.broken.run import BROKEN
from tests.contracts.broken.run import BrokenAdapter


@pytest.fixture(scope="session")
def failed(tmp_path_factory) -> set[tuple[str, str]]:
    """Adapter and test of each failure, of one run of the named test of every broken adapter."""
    report = tmp_path_factory.mktemp("broken") / "report.xml"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", broken_run.__file__, f"--junitxml={report}", "-q"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    return {
        (case.attrib["classname"].rpartition(".Test")[2], case.attrib["name"].partition("[")[0])
        for case in ElementTree.parse(report).iter("testcase")
        for failure in case.iter("failure")
        if _is_finding(failure)
    }


def _is_finding(failure: ElementTree.Element) -> bool:
    """Whether a promise was found broken, rather than the broken adapter itself falling over."""
    return failure.attrib["message"].startswith(("AssertionError", "assert ", "Failed", "domain.errors."))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_the_contract_finds_out(broken: BrokenAdapter, failed: set[tuple[str, str]]):
    assert (broken.name, broken.found_out_by) in failed
