"""The template pins the releases of pydantic that its lean zip is written for."""

import re
from pathlib import Path

from deploy.kernel.lean.build import VERSIONS

PINS = Path(__file__).parents[2] / "constraints" / "lambda.txt"


def test_the_lean_zip_knows_the_pydantic_that_is_shipped():
    shipped = dict(re.findall(r"^(pydantic[a-z-]*)==(\S+)", PINS.read_text(encoding="utf-8"), re.MULTILINE))

    assert {name.replace("-", "_"): version for name, version in shipped.items()} == VERSIONS
