"""What the documents show is what runs here, or is the service's own."""

import re
from pathlib import Path
from textwrap import indent

import pytest

ROOT = Path(__file__).parents[3]
SHOWN = [
    block
    for document in ("recipes.md", "events.md")
    for block in re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "docs" / document).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
]
RUN = [
    path.read_text(encoding="utf-8")
    for folder in (Path(__file__).parent, ROOT / "usecases", ROOT / "usecases/kernel")
    for path in sorted(folder.glob("*.py"))
]


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.splitlines()[0])
def test_every_block_is_in_a_module_word_for_word(block: str):
    as_it_may_stand = [indent(block, " " * 4 * depth) for depth in range(3)]

    assert any(f"\n{text}" in f"\n{module}" for text in as_it_may_stand for module in RUN)


def test_every_recipe_shows_code():
    assert len(SHOWN) > 10
