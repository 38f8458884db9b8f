"""What goes through a table, metered."""

from collections.abc import Callable
from typing import Any

from infrastructure.kernel.costs.meter import Meter
from infrastructure.kernel.costs.units import Units
from infrastructure.kernel.dynamodb.table import Table

Consumed = Callable[[Callable[[], object]], Units]


def metered(table: Table) -> Consumed:
    """What a call consumes that goes through `table`."""
    meter = Meter(table.transport)
    table.transport = meter

    def consumed(call: Callable[[], object]) -> Units:
        meter.units = Units()
        call()
        return meter.units

    return consumed


def key(id: str) -> dict[str, Any]:
    return {"pk": {"S": f"NOTE#{id}"}, "sk": {"S": "#"}}


def an_item(id: str, length: int = 0, **attributes: str) -> dict[str, Any]:
    """An item of an owner's, with a text of that length."""
    return {**key(id), "text": {"S": "x" * length}, **{name: {"S": value} for name, value in attributes.items()}}
