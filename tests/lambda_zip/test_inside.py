"""The service does in either zip what it does elsewhere: its tests, and the contract, pass inside."""

import pytest

from tests.lambda_zip.inside import CONTRACT
from tests.lambda_zip.inside import SERVICE
from tests.lambda_zip.inside import Inside


@pytest.mark.parametrize("tests", [SERVICE, CONTRACT], ids=["service", "contract"])
def test_the_tests_pass_inside_on_every_adapter(inside: Inside, tests):
    """In the lean zip, importing pydantic or dependency-injector is an error."""
    told = inside.passed(tests, "memory moto")

    assert told.returncode == 0, told.stdout[-10_000:] + told.stderr
