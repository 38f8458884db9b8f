"""Measurements as ratios to the baseline of the same round, and as a table."""

from collections.abc import Sequence
from statistics import median
from statistics import quantiles
from typing import NamedTuple
from typing import Self

from benchmarks.variants import BASELINE
from benchmarks.variants import TITLES

SMALL = 0.05
"""Below this a ratio has more places."""


class Line(NamedTuple):
    """What was measured, by which clock, and every measurement of each variant, round by round."""

    title: str
    unit: str
    measured: dict[str, list[float]]

    @classmethod
    def of(cls, title: str, unit: str) -> Self:
        """One without measurements yet."""
        return cls(title, unit, {})

    def add(self, variant: str, value: float) -> None:
        self.measured.setdefault(variant, []).append(value)

    def ratios(self, variant: str) -> list[float]:
        """Those to the baseline, a round each."""
        return [value / base for value, base in zip(self.measured[variant], self.measured[BASELINE], strict=True)]


def as_markdown(lines: Sequence[Line], variants: Sequence[str]) -> str:
    """A table of medians; in brackets the quarter and three quarters of the rounds below which they lie."""
    table = [["", *(TITLES[variant] for variant in variants)], ["---"] * (len(variants) + 1)]
    for line in lines:
        cells = [_cell(line, variant) for variant in variants if variant != BASELINE]
        table.append([f"{line.title}, {_UNITS[line.unit]}", _absolute(line), *cells])
    return "".join(f"| {' | '.join(row)} |\n" for row in table)


_UNITS = {"cpu": "CPU", "wall": "wall", "bytes": "MB"}


def _absolute(line: Line) -> str:
    value = median(line.measured[BASELINE])
    return f"{value / 2**20:.1f} MB" if line.unit == "bytes" else f"{value * 1000:.2f} ms"


def _cell(line: Line, variant: str) -> str:
    if variant not in line.measured:
        return ""
    ratios = line.ratios(variant)
    if len(ratios) < 2:
        return _rounded(ratios[0])
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return f"{_rounded(median(ratios))} ({_rounded(low)}–{_rounded(high)})"


def _rounded(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= SMALL else f"{ratio:.4f}"
