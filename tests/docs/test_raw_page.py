"""The page beside plain boto3 shows the code that keeps the contract, and its table is what the command counts."""

import re
from pathlib import Path

import pytest

from template.lines import Count
from template.lines import count
from template.lines import page
from template.lines import table
from tests.docs.recipes import raw

PAGE = (Path(__file__).parents[2] / "docs" / "raw.md").read_text(encoding="utf-8")


def test_the_blocks_of_the_page_are_the_whole_module():
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    shown, module = "\n".join(blocks), Path(raw.__file__).read_text(encoding="utf-8")

    assert [line for line in shown.splitlines() if line] == [line for line in module.splitlines() if line]


def test_the_table_is_what_the_command_counts():
    assert f"\n{page()}\n" in PAGE


def test_an_aggregate_on_boto3_takes_many_times_the_lines_of_one_with_the_kernel():
    [storage, *_] = table()

    assert storage.boto3 is not None
    assert 0 < 10 * storage.kernel.lines < storage.boto3.lines


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", Count(0, 0)),
        ("# a comment\n\n", Count(0, 0)),
        ('"""A docstring\n\nof three lines."""\n', Count(0, 0)),
        ("import os\nfrom a import (\n    b,\n)\nx = 1  # why\n", Count(5, 4)),
        ('class A:\n    """What it is."""\n\n    x = """a\n    text"""\n    """What x is."""\n', Count(3, 0)),
        ("x = f(\n    1,\n\n    # why\n    2,\n)\n", Count(4, 0)),
    ],
)
def test_a_line_counts_if_it_has_code(source, expected):
    assert count(source) == expected
