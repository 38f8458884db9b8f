"""The commands of a service."""

import json
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextlib import nullcontext
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Annotated
from typing import Any
from typing import BinaryIO

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.progress import wrap_file

from domain.kernel.errors import Misconfigured
from domain.kernel.events import event_types
from infrastructure.kernel.api.endpoint import Endpoint
from infrastructure.kernel.events.schemas import event_schema
from infrastructure.kernel.http.app import create_app
from infrastructure.kernel.http.server import Server
from infrastructure.kernel.http.server import listen
from infrastructure.kernel.logs import PrintableFormatter
from infrastructure.kernel.logs import printable
from infrastructure.kernel.logs import set_levels
from infrastructure.kernel.ndjson import export_lines
from infrastructure.kernel.ndjson import import_lines
from infrastructure.kernel.replacing import replacing
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from usecases.kernel.imports import Import

logger = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
table = typer.Typer(no_args_is_help=True, help="The table of the DynamoDB adapter.")
app.add_typer(table, name="table")
events = typer.Typer(no_args_is_help=True, help="The events that leave the service.")
app.add_typer(events, name="events")
console = Console(stderr=True)


@dataclass(frozen=True)
class Service:
    """What the commands work on."""

    container: Container
    endpoints: Sequence[Endpoint]


@app.callback()
def _prepare(context: typer.Context) -> None:
    """Serves, imports, exports, and makes the table."""
    handler = logging.StreamHandler()
    handler.setFormatter(PrintableFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], force=True)
    set_levels(context.obj.container.settings())


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
    with listen(
        settings.http_host if host is None else host, settings.http_port if port is None else port
    ) as listening:
        server = Server(create_app(container, context.obj.endpoints), settings)
        logger.info("serving at http://%s:%d", *listening.getsockname()[:2])
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(1)


@app.command()
def openapi(context: typer.Context) -> None:
    """Prints the OpenAPI document of the API."""
    typer.echo(to_json(create_app(context.obj.container, context.obj.endpoints).openapi(), indent=2).decode())


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="Lines of JSON, as `export` writes them; - is stdin.")],
) -> None:
    """Adds the entity of every line, and overwrites nothing, so that an import cut short can be run again.

    The exit code is 1 if a line was refused; an id that exists already is reported, and no failure.
    """
    _warn_if_forgotten(context.obj.container.settings())
    persistence = _prepared(context)
    imports = _imports(context.obj.container)
    outcomes: Counter[str] = Counter()
    with _watched(file) as lines:
        for imported in import_lines(lines, imports):
            outcome = "existing" if imported.exists else "refused" if imported.problem else "added"
            outcomes[outcome] += 1
            if imported.problem is not None:
                _say(f"line {imported.line}: {imported.problem}")
    persistence.close()
    _say(", ".join(f"{outcomes[outcome]} {outcome}" for outcome in ("added", "existing", "refused")))
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
        _say(f"{kind} {id} cannot be read, and was left out")

    imports = _imports(context.obj.container)
    _warn_if_forgotten(context.obj.container.settings())
    bar = Progress(TextColumn("Exporting"), BarColumn(), TextColumn("{task.completed} lines"), console=console)
    repositories = [each for each in _prepared(context).repositories() if each.kind.__name__ in imports]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    with _target(file) as lines, bar:
        task = bar.add_task("", total=None)
        for line in export_lines(repositories, report):
            lines.write(line)
            bar.advance(task)
    if unreadable:
        raise typer.Exit(1)


@app.command()
def relay(context: typer.Context) -> None:
    """Carries committed events from the stream of the table to the event bus. SIGTERM or Ctrl-C ends it in order."""
    _require_dynamodb(context, "which needs no relay")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    create_poller = import_module("infrastructure.kernel.dynamodb.streams.poller").create_poller
    container, persistence = context.obj.container, _prepared(context)
    poller = create_poller(container.settings(), persistence.store, container.relay(), container.now)
    poller.run(stop)
    persistence.close()


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
    _say(f"{len(event_types())} schemas are in {folder}")


@table.command()
def create(context: typer.Context) -> None:
    """Makes the table, with its indexes, stream and TTL, or what it lacks of them; waits until it is ready."""
    persistence = context.obj.container.persistence()
    made = _administration(context).create(persistence.table, persistence.indexes)
    outcome = f"is ready; made: {', '.join(made)}" if made else "was there already"
    _say(f"table {persistence.table.name} {outcome}")


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
    _say(f"table {name} is gone")


def _prepared(context: typer.Context) -> Any:
    """The adapter, with all that it has to make at start."""
    persistence = context.obj.container.persistence()
    persistence.prepare()
    return persistence


def _administration(context: typer.Context) -> ModuleType:
    """The module that makes and deletes tables, imported here to spare the other commands boto3."""
    _require_dynamodb(context, "which has no table")
    return import_module("infrastructure.kernel.dynamodb.administration")


def _require_dynamodb(context: typer.Context, otherwise: str) -> None:
    settings: Settings = context.obj.container.settings()
    if settings.persistence != "dynamodb":
        raise Misconfigured(f"{settings.variable('persistence')} is memory, {otherwise}")


def _imports(container: Container) -> dict[str, Callable[[], Import[Any]]]:
    """The use case that imports each kind, by the name of the kind."""
    return {case.kind.__name__: make for case, make in use_cases(container).items() if issubclass(case, Import)}


def _target(path: Path) -> AbstractContextManager[BinaryIO]:
    """Where to write: the file at `path`, when all is written; `-` is stdout itself."""
    return nullcontext(sys.stdout.buffer) if str(path) == "-" else replacing(path)


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
        _say(f"{settings.variable('persistence')} is memory: what is stored is gone when this command ends")


def _say(message: str) -> None:
    console.print(printable(message), markup=False, highlight=False, soft_wrap=True)
