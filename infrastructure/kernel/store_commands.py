"""The commands about the store itself: its table, and the relay of its events."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.terminal import say

app = typer.Typer()
table = typer.Typer(no_args_is_help=True, help="The table in which everything is stored.")
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
    """Makes the table, with its indexes, stream and TTL, or what it lacks of them; waits until it is ready."""
    persistence = _persistence(context)
    made = persistence.create_table()
    outcome = f"is ready; made: {', '.join(made)}" if made else "was there already"
    say(f"table {persistence.table_name} {outcome}")


@table.command()
def describe(context: typer.Context) -> None:
    """Prints the table as the store tells of it. The exit code is 1 if the service could not use it as it is."""
    persistence = _persistence(context)
    typer.echo(json.dumps(persistence.describe_table(), default=str, indent=2))
    persistence.check()


@table.command()
def delete(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Deletes the table and all that is in it; waits until it is gone."""
    persistence = _persistence(context)
    name = persistence.table_name
    if not yes:
        typer.confirm(f"Delete table {name} and all that is in it?", abort=True, err=True)
    persistence.delete_table()
    say(f"table {name} is gone")


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
