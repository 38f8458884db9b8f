"""What calls cost, as a table or as JSON."""

import json
from collections.abc import Sequence
from itertools import zip_longest

from infrastructure.kernel.costs.measuring import Cost
from infrastructure.kernel.costs.prices import Prices


def as_text(costs: Sequence[Cost], unmeasured: Sequence[str], prices: Prices) -> str:
    """A table for a terminal."""
    rows = _rows(costs, unmeasured, prices)
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    return "".join(f"{_aligned(row, widths)}\n" for row in rows)


def as_markdown(costs: Sequence[Cost], unmeasured: Sequence[str], prices: Prices) -> str:
    """The same for a page."""
    head, *rows = _rows(costs, unmeasured, prices)
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---", "---:", "---:", "---:"), *rows))


def as_json(costs: Sequence[Cost], unmeasured: Sequence[str], prices: Prices) -> str:
    """The same for programs, with the budgets."""
    calls = [
        {
            "budget": cost.budget.units._asdict(),
            "call": cost.budget.what,
            "per_million_calls": float(prices.of_a_million(cost.units)),
            "units": cost.units._asdict(),
            "use_case": cost.budget.use_case.__name__,
        }
        for cost in costs
    ]
    told = {"calls": calls, "prices": json.loads(prices.model_dump_json()), "unmeasured": list(unmeasured)}
    return json.dumps(told, indent=2, sort_keys=True) + "\n"


def _rows(costs: Sequence[Cost], unmeasured: Sequence[str], prices: Prices) -> list[tuple[str, ...]]:
    money = f"{prices.currency} per million calls ({prices.region}, {prices.date})"
    return [
        ("use case", "read units", "write units", money),
        *(
            (
                cost.budget.name,
                f"{cost.units.read:g}",
                f"{cost.units.write:g}",
                f"{prices.of_a_million(cost.units):.4f}",
            )
            for cost in costs
        ),
        *((name, "not measured", "", "") for name in unmeasured),
    ]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (width for width in widths)
    cells = (cell.rjust(width) for cell, width in zip(row[1:], others, strict=True))
    return "  ".join((row[0].ljust(first), *cells)).rstrip()
