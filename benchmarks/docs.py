"""The tables and plots of the docs, made of `results.json`: so the pages never say something else than what was measured.

A table stands in a page between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.plots import bars
from benchmarks.plots import curves
from benchmarks.processes import ROOT
from benchmarks.report import Summary
from benchmarks.report import as_markdown
from benchmarks.variants import IN_MEMORY
from benchmarks.variants import PEERS

RESULTS = Path(__file__).with_name("results.json")
DOCS = ROOT / "docs"
PAGES = ("performance.md", "lambda.md")
FASTEST = ("pydynox", "pydynox_strict")
"""The peers that have a place in the first table."""

_BLOCK = re.compile(r"(?<=<!-- generated: )([a-z]+) -->\n.*?(?=<!-- end -->)", re.DOTALL)


def results() -> dict[str, Summary]:
    """What was measured last, a table each."""
    told: dict[str, Summary] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return told


def write(measured: Mapping[str, Summary]) -> None:
    """Writes the results, with those that were not measured now as they are, and the docs."""
    known = results() if RESULTS.exists() else {}
    merged = {name: _merged(known.get(name), measured.get(name)) for name in {**known, **measured}}
    RESULTS.write_text(json.dumps(merged, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    for name, content in pages(merged).items():
        Path(DOCS, name).write_text(content, encoding="utf-8")


def pages(measured: Mapping[str, Summary]) -> dict[str, str]:
    """The files of the docs that have results in them, as they have to be. A block without results stays as it is."""
    told = blocks(measured)
    named = {name: Path(DOCS, name).read_text(encoding="utf-8") for name in PAGES}
    return {**{name: filled(page, told) for name, page in named.items()}, **plots(measured)}


def filled(page: str, told: Mapping[str, str]) -> str:
    """A page with these blocks, by their names. Others stay as they are."""

    def block(found: re.Match[str]) -> str:
        return f"{found[1]} -->\n\n{told[found[1]]}\n" if found[1] in told else found[0]

    return _BLOCK.sub(block, page)


def blocks(measured: Mapping[str, Summary]) -> dict[str, str]:
    """The tables, by the names of their blocks."""
    made: dict[str, str] = {}
    if calls := measured.get("calls"):
        apart = {*PEERS} - {*FASTEST}
        variants = dict(calls["titles"])
        made["calls"] = as_markdown(calls, [name for name in variants if name not in (*apart, IN_MEMORY)])
        made["others"] = as_markdown(calls, [name for name in variants if name in apart], spread=False)
    made |= {name: as_markdown(measured[name]) for name in ("http", "lambda", "instructions") if name in measured}
    if growth := measured.get("growth"):
        made["growth"] = growth_as_markdown(growth)
    return made


def as_text(measured: Mapping[str, Summary]) -> dict[str, str]:
    """The tables with every variant, by their names."""
    return {
        name: growth_as_markdown(table) if "sizes" in table else as_markdown(table) for name, table in measured.items()
    }


def growth_as_markdown(growth: Summary) -> str:
    """A row per kind of work, a column per size."""
    rows = [["", *(f"{size:,}" for size in growth["sizes"])], ["---"] * (len(growth["sizes"]) + 1)]
    for line in growth["lines"]:
        scale, unit = (2**20, "MB") if line["unit"] == "bytes" else (1e-6, "µs")
        cells = [_short(value / scale, unit) for value in line["values"]]
        rows.append([line["title"], *cells])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _short(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2g} {unit}"


def plots(measured: Mapping[str, Summary]) -> dict[str, str]:
    """The plots, by their file names."""
    made: dict[str, str] = {}
    if calls := measured.get("calls"):
        titles = dict(calls["titles"])
        shown = [name for name in list(titles)[1:] if (name != IN_MEMORY and name not in PEERS) or name in FASTEST]
        rows = {
            line["title"]: {titles[name]: line["ratios"][name][1] for name in shown if name in line["ratios"]}
            for line in calls["lines"]
        }
        made["calls.svg"] = bars("Ratio to boto3 client + pydantic: shorter is faster", rows)
    if growth := measured.get("growth"):
        series: dict[str, Any] = {
            line["title"]: [value * 1e6 for value in line["values"]]
            for line in growth["lines"]
            if line["unit"] == "cpu"
        }
        made["growth.svg"] = curves("CPU per entity, among so many entities", growth["sizes"], series, "µs")
    return made


def _merged(known: Summary | None, measured: Summary | None) -> Summary:
    """Line by line, and each as it was measured last."""
    if known is None or measured is None or "titles" not in measured:
        return measured or known or {}
    lines = {line["title"] + line["unit"]: line for line in (*known["lines"], *measured["lines"])}
    titles = {**dict(known["titles"]), **dict(measured["titles"])}
    return {"titles": [[variant, title] for variant, title in titles.items()], "lines": [*lines.values()]}
