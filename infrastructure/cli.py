"""The command line: `team-service`."""

import logging
import os
import sys
from collections import Counter
from contextlib import AbstractContextManager
from contextlib import nullcontext
from typing import Annotated
from typing import BinaryIO
from typing import NoReturn

import typer
import uvicorn
from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.progress import wrap_file

from domain.errors import ServiceError
from infrastructure.container import Container
from infrastructure.container import use_cases
from infrastructure.http.app import create_app
from infrastructure.ndjson import export_lines
from infrastructure.ndjson import import_lines
from infrastructure.settings import Settings
from usecases.imports import Import

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)
console = Console(stderr=True)


def main() -> None:
    """Runs the command line; an error of the service is told in one line and ends it with exit code 1."""
    try:
        app()
    except ServiceError as exc:
        _fail(f"{type(exc).__name__}: {exc}")


@app.callback()
def _prepare(context: typer.Context) -> None:
    container = context.obj or Container()
    context.obj = container
    logging.basicConfig(
        level=container.settings().log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    logging.getLogger("botocore").setLevel(logging.INFO)  # below that it logs what entities hold


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Instead of TEAM_SERVICE_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of TEAM_SERVICE_PORT.", min=0, max=65535)] = None,
) -> None:
    """Serves the API over HTTP. SIGTERM or Ctrl-C lets the requests in flight finish."""
    settings: Settings = context.obj.settings()
    uvicorn.run(
        create_app(context.obj),
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        server_header=False,
        log_config=None,
    )


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="Lines of JSON, as `export` writes them; - is stdin.")],
) -> None:
    """Adds the entity of every line, and overwrites nothing, so that an import cut short can be run again.

    The exit code is 1 if a line was refused; an id that exists already is reported, and no failure.
    """
    _warn_if_forgotten(context.obj.settings())
    imports = {case.kind.__name__: make for case, make in use_cases(context.obj).items() if issubclass(case, Import)}
    outcomes: Counter[str] = Counter()
    with _watched(file) as lines:
        for imported in import_lines(lines, imports):
            outcome = "existing" if imported.exists else "refused" if imported.problem else "added"
            outcomes[outcome] += 1
            if imported.problem is not None:
                console.print(f"line {imported.line}: {imported.problem}", markup=False, highlight=False)
    context.obj.persistence().close()
    summary = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in ("added", "existing", "refused"))
    console.print(summary, highlight=False)
    if outcomes["refused"]:
        raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    file: Annotated[
        typer.FileBinaryWrite, typer.Argument(help="Replaced when all is written; - is stdout.", atomic=True)
    ],
) -> None:
    """Writes every entity as a line of JSON."""
    _warn_if_forgotten(context.obj.settings())
    with Progress(TextColumn("Exporting"), BarColumn(), TextColumn("{task.completed} lines"), console=console) as bar:
        task = bar.add_task("", total=None)
        for line in export_lines(context.obj.persistence().repositories()):
            file.write(line)
            bar.advance(task)


@app.command()
def openapi(context: typer.Context) -> None:
    """Prints the OpenAPI document of the API."""
    typer.echo(to_json(create_app(context.obj).openapi(), indent=2).decode())


def _watched(file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """`file`, with a progress bar if its size is known, as that of a pipe is not."""
    if not file.seekable():
        return nullcontext(file)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return wrap_file(file, size, console=console, description="Importing")


def _warn_if_forgotten(settings: Settings) -> None:
    if settings.persistence == "memory":
        console.print("TEAM_SERVICE_PERSISTENCE is memory: what is stored is gone when this command ends")


def _fail(message: str) -> NoReturn:
    console.print(message, style="red", markup=False, highlight=False)
    sys.exit(1)
