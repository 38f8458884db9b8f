"""The commands of the DynamoDB adapter: its table, and the relay of the table's stream."""

import json
import signal
import threading
from importlib import import_module
from types import ModuleType
from typing import Annotated

import typer

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.terminal import say

app = typer.Typer()
table = typer.Typer(no_args_is_help=True, help="The table of the DynamoDB adapter.")
app.add_typer(table, name="table")


@app.command()
def relay(context: typer.Context) -> None:
    """Carries committed events from the stream of the table to the event bus. SIGTERM or Ctrl-C ends it in order."""
    _require_dynamodb(context, "which needs no relay")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    create_poller = import_module("infrastructure.kernel.dynamodb.streams.poller").create_poller
    container, persistence = context.obj.container, context.obj.prepared()
    poller = create_poller(container.settings(), persistence.store, container.relay(), container.now)
    poller.run(stop)
    persistence.close()


@table.command()
def create(context: typer.Context) -> None:
    """Makes the table, with its indexes, stream and TTL, or what it lacks of them; waits until it is ready."""
    persistence = context.obj.container.persistence()
    made = _administration(context).create(persistence.table, persistence.indexes)
    outcome = f"is ready; made: {', '.join(made)}" if made else "was there already"
    say(f"table {persistence.table.name} {outcome}")


@table.command()
def describe(context: typer.Context) -> None:
    """Prints what DynamoDB tells of the table. The exit code is 1 if the service could not use it as it is."""
    administration, persistence = _administration(context), context.obj.container.persistence()
    typer.echo(json.dumps(administration.describe(persistence.table), default=str, indent=2))
    administration.require_shape(persistence.table, persistence.indexes)


@table.command()
def delete(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Deletes the table and all that is in it; waits until it is gone."""
    administration = _administration(context)
    name = context.obj.container.settings().dynamodb_table
    if not yes:
        typer.confirm(f"Delete table {name} and all that is in it?", abort=True, err=True)
    administration.delete(context.obj.container.persistence().table)
    say(f"table {name} is gone")


def _administration(context: typer.Context) -> ModuleType:
    """The module that makes and deletes tables, imported here to spare the other commands boto3."""
    _require_dynamodb(context, "which has no table")
    return import_module("infrastructure.kernel.dynamodb.administration")


def _require_dynamodb(context: typer.Context, otherwise: str) -> None:
    settings: Settings = context.obj.container.settings()
    if settings.persistence != "dynamodb":
        raise Misconfigured(f"{settings.variable('persistence')} is memory, {otherwise}")
