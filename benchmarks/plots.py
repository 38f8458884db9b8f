"""Plots as SVG, on a white card, so that they can be read in light and dark."""

from collections.abc import Mapping
from collections.abc import Sequence
from html import escape
from math import log10

COLOURS = ("#1f6feb", "#c2410c", "#15803d", "#7c3aed", "#a16207", "#0e7490")
WIDTH = 760
_INK, _GRID = "#24292f", "#d0d7de"
_FONT = 'font-family="ui-sans-serif, system-ui, Helvetica, Arial, sans-serif" font-size="13"'


def bars(title: str, rows: Mapping[str, Mapping[str, float]], *, mark: float = 1) -> str:
    """A group of bars per row, a bar per series. A line stands at `mark`; what is much longer is cut off."""
    left, high, gap, top, longest = 280, 14, 14, 82, 1.25 * mark
    series = list(dict.fromkeys(name for row in rows.values() for name in row))
    scale, y, drawn = (WIDTH - left - 50) / longest, top, list[str]()
    for row, values in rows.items():
        middle = y + high * len(values) / 2
        drawn.append(_text(left - 10, middle + 5, row, "end"))
        for name, value in values.items():
            long = min(value, longest) * scale
            colour = COLOURS[series.index(name) % len(COLOURS)]
            drawn.append(f'<rect x="{left}" y="{y}" width="{long:.1f}" height="{high - 2}" fill="{colour}"/>')
            drawn.append(_text(left + long + 6, y + high - 3, f"{value:.2f}"))
            y += high
        y += gap
    line = _stroke([(left + mark * scale, top - 6), (left + mark * scale, y)], _INK, dashed=True)
    return _card(title, series, [line, *drawn], y + 6)


def curves(title: str, sizes: Sequence[int], series: Mapping[str, Sequence[float]], unit: str) -> str:
    """A line per series over sizes that grow by powers of ten, both axes logarithmic."""
    left, right, top, bottom = 80, WIDTH - 35, 90, 350
    values = [value for each in series.values() for value in each]
    low, high = int(log10(min(values)) // 1), int(-(-log10(max(values)) // 1))
    first, last = log10(sizes[0]), log10(sizes[-1])

    def x(size: float) -> float:
        return left + (log10(size) - first) / (last - first) * (right - left)

    def y(value: float) -> float:
        return bottom - (log10(value) - low) / max(1, high - low) * (bottom - top)

    drawn = []
    for power in range(low, max(high, low + 1) + 1):
        drawn.append(_stroke([(left, y(10**power)), (right, y(10**power))], _GRID))
        drawn.append(_text(left - 8, y(10**power) + 5, f"{10**power:g} {unit}", "end"))
    drawn += [_text(x(size), bottom + 22, f"{size:,}", "middle") for size in sizes]
    for number, each in enumerate(series.values()):
        points = [(x(size), y(value)) for size, value in zip(sizes, each, strict=True)]
        colour = COLOURS[number % len(COLOURS)]
        drawn.append(_stroke(points, colour))
        drawn += [f'<circle cx="{at:.1f}" cy="{up:.1f}" r="3" fill="{colour}"/>' for at, up in points]
    return _card(title, list(series), drawn, bottom + 40)


def _card(title: str, series: Sequence[str], drawn: Sequence[str], height: float) -> str:
    head = [_text(20, 26, title, weight="bold")]
    at, row = 20.0, 0
    for name, colour in zip(series, COLOURS, strict=False):
        wide = 34 + 7 * len(name)
        if at + wide > WIDTH:
            at, row = 20.0, row + 1
        head.append(f'<rect x="{at:.0f}" y="{37 + 18 * row}" width="10" height="10" fill="{colour}"/>')
        head.append(_text(at + 15, 47 + 18 * row, name))
        at += wide
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" {_FONT} role="img" '
        'aria-labelledby="title">',
        f'<title id="title">{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>',
        *head,
        *drawn,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _text(x: float, y: float, text: str, anchor: str = "start", weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text {place} fill="{_INK}">{escape(text)}</text>'


def _stroke(points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'
