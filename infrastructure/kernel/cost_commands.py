"""The command that says what the use cases cost."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated
from typing import Any
from typing import Literal

import typer

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.terminal import say
from infrastructure.kernel.wiring import use_cases

CALLS = "tests.costs"
"""The package in which a service declares the calls, with the price file beside them."""
_COSTS = "infrastructure.kernel.costs"
"""Where the code is that needs what only developers have installed."""

app = typer.Typer()


@app.command()
def cost(
    context: typer.Context,
    prices: Annotated[
        Path | None, typer.Option(help="Another price file than tests/costs/prices.json, for another Region.")
    ] = None,
    format: Annotated[Literal["text", "markdown", "json"], typer.Option(help="What to print.")] = "text",
) -> None:
    """Prints what a call of each use case costs in DynamoDB: read units, write units, and money per million calls.

    Runs the calls that tests/costs declares, in memory. Nothing is sent to AWS.
    """
    declared, measuring = _development(CALLS), _development(f"{_COSTS}.measuring")
    budgets, report = (import_module(f"{_COSTS}.{name}") for name in ("budgets", "report"))
    file = prices or Path(*declared.__path__, "prices.json")
    paid = import_module(f"{_COSTS}.prices").read_prices(file)
    calls = budgets.budgets_in(declared)
    unmeasured = budgets.without_budget(use_cases(context.obj.container), calls)
    render: Any = getattr(report, f"as_{format}")
    typer.echo(render(measuring.measure(context.obj.container, calls), unmeasured, paid), nl=False)
    say(f"On demand, by {paid.source}; without storage, streams, backups and network traffic.")
    if unmeasured:
        say(f"Declare the calls that are not measured in {CALLS.replace('.', '/')}.")


def _development(name: str) -> ModuleType:
    """A module that is only where the service is developed.

    Raises:
        Misconfigured: it is not here, or moto is not.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as exc:
        if exc.name not in ("tests", CALLS, "moto"):
            raise
        raise Misconfigured(
            f"`cost` needs {exc.name}, which is not installed here: run it in the folder of the service, where `make` "
            "installs what development needs"
        ) from exc
