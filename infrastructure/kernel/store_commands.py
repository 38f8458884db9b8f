"""The commands about the store itself: its table, and the relay of its events."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.bulk_commands import Kept
from infrastructure.kernel.bulk_commands import Segments
from infrastructure.kernel.bulk_commands import Units
from infrastructure.kernel.bulk_commands import limited
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.progress_bars import Doing
from infrastructure.kernel.progress_bars import gone_through
from infrastructure.kernel.segments import Checkpoints
from infrastructure.kernel.terminal import say

app = typer.Typer()
table = typer.Typer(no_args_is_help=True, help="The table of everything, and those of single aggregates.")
app.add_typer(table, name="table")


@app.command()
def relay(context: typer.Context) -> None:
    """Carries committed events from the store to the event bus. SIGTERM or Ctrl-C ends it in order."""
    persistence: Persistence = context.obj.opened()
    with _set_by_signals() as stop:
        persistence.carry(context.obj.container.relay(), stop)
    persistence.close()


@table.command()
def create(context: typer.Context) -> None:
    """Makes each table, with its indexes, stream and TTL, or what it lacks of them; waits until it is ready."""
    persistence = _persistence(context)
    for name in persistence.table_names:
        made = persistence.create_table(name)
        outcome = f"is ready; made: {', '.join(made)}" if made else "was there already"
        say(f"table {name} {outcome}")


@table.command()
def describe(context: typer.Context) -> None:
    """Prints each table as the store tells of it. The exit code is 1 if the service could not use one as it is."""
    persistence = _persistence(context)
    for name in persistence.table_names:
        typer.echo(json.dumps(persistence.describe_table(name), default=str, indent=2))
    persistence.check()


@table.command()
def delete(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Deletes each table and all that is in it; waits until it is gone."""
    persistence = _persistence(context)
    names = persistence.table_names
    if not yes:
        what = (
            f"table {names[0]} and all that is in it" if len(names) == 1 else f"tables {', '.join(names)} with all data"
        )
        typer.confirm(f"Delete {what}?", abort=True, err=True)
    refused: list[Misconfigured] = []
    for name in names:
        try:
            persistence.delete_table(name)
        except Misconfigured as exc:  # a delete that was cut short is run again, and some tables are gone by then
            refused.append(exc)
        else:
            say(f"table {name} is gone")
    if refused:
        raise Misconfigured("; ".join(map(str, refused))) from refused[0]


@table.command()
def copy(
    context: typer.Context,
    *,
    segments: Segments = 4,
    units: Units = None,
    progress: Kept = None,
) -> None:
    """Copies the items of aggregates that have a table of their own by now into that. Stop all writes to them before.

    It overwrites nothing, and can be run again. The old items stay where they are.
    """
    persistence: Persistence = context.obj.opened()
    step, records = persistence.copying()
    stop = limited(persistence, units)
    checkpoints = Checkpoints(progress, f"copy of {persistence.place}", segments)
    done = gone_through(checkpoints, step, Doing("Copying", records), stop)
    persistence.close()
    copied, existing = (sum(each.counts.get(name, 0) for each in done) for name in ("copied", "existing"))
    say(f"{copied} items copied, {existing} were there already")


@contextmanager
def _set_by_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, in place of what else they do."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _persistence(context: typer.Context) -> Persistence:
    persistence: Persistence = context.obj.container.persistence()
    return persistence
