"""The commands of a service."""

import json
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextlib import nullcontext
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from typing import Any
from typing import BinaryIO

import typer
from pydantic_core import to_json
from rich.progress import BarColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.progress import wrap_file

from domain.kernel.events import event_types
from infrastructure.kernel import store_commands
from infrastructure.kernel.events.schemas import event_schema
from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.http.app import openapi_document
from infrastructure.kernel.http.server import Server
from infrastructure.kernel.http.server import listen
from infrastructure.kernel.logs import set_format
from infrastructure.kernel.logs import set_levels
from infrastructure.kernel.ndjson import export_lines
from infrastructure.kernel.ndjson import import_lines
from infrastructure.kernel.observability.setup import observe
from infrastructure.kernel.replacing import replacing
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.terminal import console
from infrastructure.kernel.terminal import say
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from usecases.kernel.imports import Import
from usecases.kernel.observability import flush
from usecases.kernel.observability import in_trace

logger = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(store_commands.app)
events = typer.Typer(no_args_is_help=True, help="The events that leave the service.")
app.add_typer(events, name="events")


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


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="Lines of JSON, as `export` writes them; - is stdin.")],
) -> None:
    """Adds the entity of every line, and overwrites nothing, so that an import cut short can be run again.

    The exit code is 1 if a line was refused; an id that exists already is reported, and no failure.
    """
    _warn_if_forgotten(context.obj.container.settings())
    persistence = context.obj.opened()
    imports = _imports(context.obj.container)
    outcomes: Counter[str] = Counter()
    with _watched(file) as lines:
        for imported in import_lines(lines, imports):
            outcome = "existing" if imported.exists else "refused" if imported.problem else "added"
            outcomes[outcome] += 1
            if imported.problem is not None:
                say(f"line {imported.line}: {imported.problem}")
    persistence.close()
    say(", ".join(f"{outcomes[outcome]} {outcome}" for outcome in ("added", "existing", "refused")))
    if outcomes["refused"]:
        raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Replaced when all is written, and only then; - is stdout. A pipe is written to.")
    ],
) -> None:
    """Writes every entity that `import` takes as a line of JSON.

    The exit code is 1 if one could not be read; all the others are written.
    """
    unreadable: list[str] = []

    def report(kind: str, id: str) -> None:
        unreadable.append(id)
        say(f"{kind} {id} cannot be read, and was left out")

    imports = _imports(context.obj.container)
    _warn_if_forgotten(context.obj.container.settings())
    bar = Progress(TextColumn("Exporting"), BarColumn(), TextColumn("{task.completed} lines"), console=console)
    repositories = [each for each in context.obj.opened().repositories() if each.kind.__name__ in imports]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with replacing(file) as lines, bar:
        task = bar.add_task("", total=None)
        for line in export_lines(repositories, report):
            lines.write(line)
            bar.advance(task)
    if unreadable:
        raise typer.Exit(1)


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


def _imports(container: Container) -> dict[str, Callable[[], Import[Any]]]:
    """The use case that imports each kind, by the name of the kind."""
    return {case.kind.__name__: make for case, make in use_cases(container).items() if issubclass(case, Import)}


def _watched(file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """`file`, with a progress bar if its size is known, as that of a pipe is not."""
    if not file.seekable():
        return nullcontext(file)
    begin = file.tell()
    size = file.seek(0, os.SEEK_END) - begin
    file.seek(begin)
    return wrap_file(file, size, console=console, description="Importing")


def _warn_if_forgotten(settings: Settings) -> None:
    if settings.persistence == "memory":
        say(f"{settings.variable('persistence')} is memory: what is stored is gone when this command ends")
