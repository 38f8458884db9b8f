"""The commands of a service."""

import json
import logging
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from pydantic_core import to_json

from domain.kernel.events import event_types
from infrastructure.kernel import bulk_commands
from infrastructure.kernel import cost_commands
from infrastructure.kernel import letter_commands
from infrastructure.kernel import shard_commands
from infrastructure.kernel import store_commands
from infrastructure.kernel.events.schemas import event_schema
from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.http.app import openapi_document
from infrastructure.kernel.http.server import Server
from infrastructure.kernel.http.server import listen
from infrastructure.kernel.logs import set_format
from infrastructure.kernel.logs import set_levels
from infrastructure.kernel.observability.setup import observe
from infrastructure.kernel.terminal import say
from infrastructure.kernel.wiring import Container
from usecases.kernel.observability import flush
from usecases.kernel.observability import in_trace

logger = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(bulk_commands.app)
app.add_typer(shard_commands.app)
app.add_typer(store_commands.app)
app.add_typer(cost_commands.app)
events = typer.Typer(no_args_is_help=True, help="The events that leave the service.")
app.add_typer(events, name="events")
app.add_typer(letter_commands.app, name="dead-letters")


@app.callback()
def _prepare(context: typer.Context) -> None:
    """Serves, imports, exports, and makes the table."""
    handler = logging.StreamHandler()
    settings = context.obj.container.settings()
    set_format(settings, [handler])
    logging.basicConfig(handlers=[handler], force=True)
    set_levels(settings)
    observe(settings)
    context.call_on_close(flush)
    if context.invoked_subcommand not in ("serve", "relay"):  # which have a trace per request, and per event
        context.with_resource(in_trace("command", str(context.invoked_subcommand)))


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Instead of the setting HTTP_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of the setting HTTP_PORT.", min=0, max=65535)] = None,
) -> None:
    """Serves the API over HTTP. SIGTERM or Ctrl-C lets the requests in flight finish."""
    container: Container = context.obj.container
    settings = container.settings()
    # uvicorn, when all requests are finished, raises the signal again, which by itself would look like a crash.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    address = settings.http_host if host is None else host
    with listen(address, settings.http_port if port is None else port) as listening:
        server = Server(create_app(container, context.obj.endpoints, host=address), settings)
        logger.info("serving at http://%s:%d", *listening.getsockname()[:2])
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(1)


@app.command()
def openapi(context: typer.Context) -> None:
    """Prints the OpenAPI document of the API."""
    document = openapi_document(context.obj.container.settings().service, context.obj.endpoints)
    typer.echo(to_json(document, indent=2).decode())


@events.command()
def schema(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Made if it is not there; files of the same names are replaced.")],
) -> None:
    """Writes a JSON Schema per event, of what consumers are given."""
    source = context.obj.container.settings().service
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in event_types().items():
        text = json.dumps(event_schema(kind, source), indent=2, ensure_ascii=False, sort_keys=True)
        (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    say(f"{len(event_types())} schemas are in {folder}")
