"""The code in the documents runs in the tests here, or is the service's own."""

import re
from pathlib import Path
from textwrap import indent

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTS = [
    *(ROOT / "docs" / name for name in ("access.md", "adapter.md", "dynamodb.md", "events.md")),
    *ROOT.glob("docs/recipes/*.md"),
]
SHOWN = [
    block
    for document in sorted(DOCUMENTS)
    for block in re.findall(r"^```python\n(.*?)^```$", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]
CLUB = "tests.docs.recipes.club."
"""What the modules of the club are imported from here, and would not be in a service."""
RUN = [
    path.read_text(encoding="utf-8").replace(CLUB, "")
    for modules in (
        Path(__file__).parent.rglob("*.py"),
        ROOT.glob("usecases/**/*.py"),
        ROOT.glob("infrastructure/api/*.py"),
    )
    for path in sorted(modules)
]


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.splitlines()[0])
def test_every_block_is_in_a_module_word_for_word(block: str):
    as_it_may_stand = [indent(block.rstrip(), " " * 4 * depth) for depth in range(3)]  # a comma may follow

    assert any(f"\n{text}" in f"\n{module}" for text in as_it_may_stand for module in RUN)


def test_every_recipe_shows_code():
    assert len(SHOWN) > 40
