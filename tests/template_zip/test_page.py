"""docs/lambda.md says what is so."""

import re
import subprocess
from pathlib import Path

from tests.lambda_zip.runtime import PYTHON
from tests.lambda_zip.runtime import surroundings

ROOT = Path(__file__).parents[2]


def test_what_the_page_says_it_answers_is_what_it_answers(package):
    page = (ROOT / "docs" / "lambda.md").read_text(encoding="utf-8")
    script = re.findall(r" -c '\n(.*?)'\n```", page, re.DOTALL)
    said = re.findall(r"```text\n(.*?)```", page, re.DOTALL)

    told = [
        subprocess.run(
            [PYTHON, "-S", "-c", each], env=surroundings(package), capture_output=True, text=True, check=True
        )
        for each in script
    ]

    assert [each.stdout for each in told] == said
    assert len(said) == 1
