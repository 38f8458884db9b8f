"""A new service is deployed as it is generated, and used, by the tests that it brings."""

import pytest

from tests.template.services import ORDER
from tests.template.services import ROOT
from tests.template.services import service

MINISTACK = ".venv-ministack"


@pytest.mark.parametrize("example", ["yes", "no"])
def test_a_service_is_deployed_and_used(tmp_path, example):
    made = service(tmp_path / "new", **{**ORDER, "example": example})
    made.install()
    (made.folder / MINISTACK).symlink_to(ROOT / MINISTACK)

    output = made.done(".venv/bin/pytest", "tests/deployment", "-p", "no:cacheprovider")

    assert " passed" in output
