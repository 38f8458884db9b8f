"""The page about performance says what was measured, and nothing else."""

import re
from pathlib import Path

import pytest

from benchmarks.docs import DOCS
from benchmarks.docs import PAGES
from benchmarks.docs import blocks
from benchmarks.docs import pages
from benchmarks.docs import plots
from benchmarks.docs import results
from benchmarks.docs import write
from benchmarks.report import Line
from benchmarks.report import Table
from benchmarks.report import as_markdown


def test_tables_and_plots_of_the_docs_are_those_of_the_results():
    made = pages(results())

    assert {name: Path(DOCS, name).read_text(encoding="utf-8") for name in made} == made


def test_every_part_that_was_measured_stands_in_the_docs():
    text = "".join(Path(DOCS, name).read_text(encoding="utf-8") for name in PAGES)

    shown = set(re.findall(r"<!-- generated: ([a-z]+) -->", text))

    assert blocks(results()).keys() == shown
    assert all(f"({name})" in text for name in plots(results()))


def test_a_part_that_is_measured_again_leaves_the_others_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.docs.RESULTS", tmp_path / "results.json")
    monkeypatch.setattr("benchmarks.docs.DOCS", tmp_path)
    for name in PAGES:
        Path(tmp_path, name).write_text("Text.\n\n<!-- generated: calls -->\n<!-- end -->\n", encoding="utf-8")

    write({"calls": a_table("get", 2), "http": a_table("GET", 3)})
    write({"calls": a_table("put", 4)})

    told = {name: [line["ratios"]["ours"][1] for line in table["lines"]] for name, table in results().items()}
    assert told == {"calls": [2, 4], "http": [3]}
    page = Path(tmp_path, PAGES[0]).read_text(encoding="utf-8")
    assert page.startswith("Text.\n\n<!-- generated: calls -->\n\n| ")
    assert "| get, CPU | 1000 ms | 2.00 (2.00–2.00) | 1 |" in page


def a_table(title: str, ratio: float) -> dict[str, object]:
    line = Line.of(title, "cpu")
    line.add("plain", 1)
    line.add("ours", ratio)
    return dict(Table("a-table", {"plain": "Plain", "ours": "Ours"}, [line]).summary())


@pytest.mark.parametrize(
    ("unit", "base", "shown"),
    [("cpu", 0.00152, "1.52 ms"), ("wall", 1.82, "1820 ms"), ("bytes", 2**20, "1.0 MB"), ("rate", 4411.2, "4,411")],
    ids=["cpu", "wall", "bytes", "rate"],
)
def test_a_table_shows_the_baseline_and_the_quartiles_of_the_ratios(unit, base, shown):
    line = Line.of("get", unit)
    for ratio in (0.5, 0.1, 0.3, 0.2, 0.4):
        line.add("plain", base)
        line.add("ours", base * ratio)

    row = as_markdown(Table("a-table", {"plain": "Plain", "ours": "Ours"}, [line]).summary()).splitlines()[-1]

    assert row.endswith(f"| {shown} | 0.30 (0.20–0.40) | 5 |")
