"""docs/lambda.md says what is so."""

import re
import subprocess
from pathlib import Path

from tests.lambda_zip.runtime import PYTHON
from tests.lambda_zip.runtime import surroundings

ROOT = Path(__file__).parents[2]


def test_what_the_page_says_it_answers_is_what_it_answers(package):
    page = (ROOT / "docs" / "lambda.md").read_text(encoding="utf-8")
    scripts = re.findall(r"((?:[A-Z_]+=\S+ )*)\S+ -S -c '\n(.*?)'\n```", page, re.DOTALL)
    said = re.findall(r"```text\n(.*?)```", page, re.DOTALL)

    told = [
        subprocess.run(
            [PYTHON, "-S", "-c", script],
            cwd=package,
            env={**surroundings(package), **dict(each.split("=") for each in variables.split())},
            capture_output=True,
            text=True,
            check=True,
        )
        for variables, script in scripts
    ]

    assert [_without_id(each.stdout) for each in told] == [_without_id(each) for each in said]
    assert len(said) == 1


def _without_id(printed: str) -> str:
    """What is the same for every request."""
    return re.sub(r"(?<='x-request-id': ')[0-9a-f]{32}(?=')", "<id>", printed)
