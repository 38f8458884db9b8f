"""Measurements as ratios to the baseline of the same round, and as a table."""

from collections.abc import Mapping
from collections.abc import Sequence
from statistics import median
from statistics import quantiles
from typing import Any
from typing import NamedTuple
from typing import Self

SMALL = 0.05
"""Below this a ratio has more places."""

Summary = Mapping[str, Any]
"""A table as JSON has it: `titles`, pairs of a variant and its title, the baseline first; and `lines`."""


class Line(NamedTuple):
    """What was measured, in which unit, and every measurement of each variant, round by round."""

    title: str
    unit: str
    measured: dict[str, list[float]]

    @classmethod
    def of(cls, title: str, unit: str) -> Self:
        """One without measurements yet."""
        return cls(title, unit, {})

    def add(self, variant: str, value: float) -> None:
        self.measured.setdefault(variant, []).append(value)


class Table(NamedTuple):
    """What was measured of the same variants. The first of the titles is that of the baseline."""

    name: str
    titles: Mapping[str, str]
    lines: Sequence[Line]

    def summary(self) -> Summary:
        """The medians of the baseline, and of the others the quartiles of their ratios to it, round by round."""
        baseline, *others = self.titles
        return {
            "titles": [[variant, title] for variant, title in self.titles.items()],
            "lines": [
                {
                    "title": line.title,
                    "unit": line.unit,
                    "rounds": len(line.measured[baseline]),
                    "baseline": _exact(median(line.measured[baseline])),
                    "ratios": {
                        variant: _quartiles(line.measured[variant], line.measured[baseline])
                        for variant in others
                        if variant in line.measured
                    },
                }
                for line in self.lines
            ],
        }


def as_markdown(table: Summary, variants: Sequence[str] | None = None, *, spread: bool = True) -> str:
    """The medians; with `spread` also in brackets the middle half of the rounds, and how many rounds there were."""
    titles = dict(table["titles"])
    baseline, *others = titles
    shown = [variant for variant in others if variants is None or variant in variants]
    rows = [["", *(titles[variant] for variant in (baseline, *shown)), *(["rounds"] if spread else [])]]
    rows.append(["---"] * len(rows[0]))
    for line in table["lines"]:
        cells = [_cell(line["ratios"].get(variant), spread=spread) for variant in shown]
        rounds = [str(line["rounds"])] if spread else []
        rows.append([f"{line['title']}, {_UNITS[line['unit']]}", _absolute(line), *cells, *rounds])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


_UNITS = {"cpu": "CPU", "wall": "wall", "bytes": "MB", "rate": "per second", "instructions": "instructions"}


def _quartiles(values: Sequence[float], bases: Sequence[float]) -> list[float]:
    ratios = [value / base for value, base in zip(values, bases, strict=True)]
    if len(ratios) == 1:
        ratios *= 2
    return [_exact(each) for each in quantiles(ratios, n=4, method="inclusive")]


def _exact(value: float) -> float:
    """As many digits as mean something."""
    return float(f"{value:.4g}")


def _absolute(line: Mapping[str, Any]) -> str:
    value = line["baseline"]
    match line["unit"]:
        case "bytes":
            return f"{value / 2**20:.1f} MB"
        case "rate":
            return f"{value:,.0f}"
        case "instructions":
            return f"{value / 1e6:,.1f} million"
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value * 1000:.0f} ms"


def _cell(ratio: Sequence[float] | None, *, spread: bool) -> str:
    if ratio is None:
        return ""
    low, middle, high = (_rounded(each) for each in ratio)
    return f"{middle} ({low}–{high})" if spread else middle


def _rounded(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= SMALL else f"{ratio:.4f}"
