"""The commands that go through all that is stored, or will be: export, import, rewrite."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextlib import nullcontext
from pathlib import Path
from threading import Event
from typing import Annotated
from typing import Any
from typing import BinaryIO

import typer
from rich.progress import BarColumn
from rich.progress import Progress as Bar
from rich.progress import TextColumn
from rich.progress import TimeRemainingColumn
from rich.progress import wrap_file

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import TooLarge
from domain.kernel.errors import Unreadable
from domain.kernel.repository import Repository
from domain.kernel.upcasting import schema_version
from infrastructure.kernel.ndjson import export_lines
from infrastructure.kernel.ndjson import import_lines
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.replacing import replacing
from infrastructure.kernel.rewriting import rewrite as rewrite_one
from infrastructure.kernel.segments import Checkpoints
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.segments import Step
from infrastructure.kernel.segments import in_segments
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.store import Segment
from infrastructure.kernel.terminal import console
from infrastructure.kernel.terminal import say
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from usecases.kernel.imports import Import

app = typer.Typer()

Segments = Annotated[int, typer.Option(min=1, max=1000, help="How many segments are gone through at the same time.")]
Units = Annotated[
    float | None,
    typer.Option(
        min=1, help="How many read and write units may be consumed per second, on average. No limit without it."
    ),
]


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
    bar = Bar(TextColumn("Exporting"), BarColumn(), TextColumn("{task.completed} lines"), console=console)
    repositories = [each for each in context.obj.opened().repositories() if each.kind.__name__ in imports]
    _end_in_order()
    with replacing(file) as lines, bar:
        task = bar.add_task("", total=None)
        for line in export_lines(repositories, report):
            lines.write(line)
            bar.advance(task)
    if unreadable:
        raise typer.Exit(1)


@app.command()
def rewrite(
    context: typer.Context,
    kinds: Annotated[
        list[str] | None, typer.Argument(help="Which aggregates; by default all that have upcasters.")
    ] = None,
    *,
    segments: Segments = 4,
    units: Units = None,
    progress: Annotated[
        Path | None,
        typer.Option(help="A folder that keeps how far it has come, so that it can be stopped and continued."),
    ] = None,
    whatever: Annotated[
        bool,
        typer.Option("--all", help="Save again what is in the version of this release, too, as for a new listing."),
    ] = False,
) -> None:
    """Saves again what an older release has stored, in the schema version of this release. Run it when that one is gone.

    It publishes no events, and each entity that is saved gets the next version. What others save meanwhile stays. It can be
    run again. The exit code is 1 if an entity could not be read or saved.
    """
    persistence = context.obj.opened()
    repositories = {each.kind: each for each in _chosen(persistence.repositories(), kinds, whatever=whatever)}
    if not repositories:
        say("no aggregate has upcasters, so nothing is in an older schema version")
        return
    named = ", ".join(sorted(kind.__name__ for kind in repositories))
    stop = _limited(persistence, units)

    def step(segment: Segment, before: Progress) -> Progress:
        stretch = persistence.store.stretch(list(repositories), segment, before.after)
        failed: list[Unreadable | TooLarge] = [*stretch.unreadable]
        made = 0
        for entity in stretch.entities:
            if stop.is_set():
                return before
            try:
                made += rewrite_one(repositories[type(entity)], entity, whatever=whatever)
            except (TooLarge, Unreadable) as exc:
                failed.append(exc)
        for error in failed:
            say(str(error))
        return before.advanced(after=stretch.after, seen=stretch.seen, made=made, failed=len(failed))

    task = f"rewrite{' --all' * whatever} {named} in {persistence.place}"
    done = _gone_through(Checkpoints(progress, task, segments), step, "Rewriting", persistence.records(), stop)
    persistence.close()
    made, failed = sum(each.made for each in done), sum(each.failed for each in done)
    say(f"{made} saved again, {failed} not; {sum(each.seen for each in done)} records seen")
    if failed:
        raise typer.Exit(1)


def _chosen(repositories: list[Repository[Any]], names: list[str] | None, *, whatever: bool) -> list[Repository[Any]]:
    if not names:
        return [each for each in repositories if whatever or schema_version(each.kind)]
    known = {each.kind.__name__: each for each in repositories}
    if unknown := [name for name in names if name not in known]:
        raise InvalidArgument("kinds", f"{', '.join(unknown)}: must be among {', '.join(sorted(known))}")
    return [known[name] for name in dict.fromkeys(names)]


def _limited(persistence: Persistence, units: float | None) -> Event:
    """What ends waiting and work once it is set; until then, no more than `units` are consumed."""
    stop = Event()
    if units is not None:
        persistence.limit(units, stop)
    _end_in_order()
    return stop


def _gone_through(checkpoints: Checkpoints, step: Step, doing: str, total: int | None, stop: Event) -> list[Progress]:
    """How far all segments have come in the end, with a progress bar meanwhile."""
    columns = (
        TextColumn(doing),
        BarColumn(),
        TextColumn("{task.completed} of about {task.total}"),
        TimeRemainingColumn(),
    )
    begun = sum(each.seen for each in checkpoints.begun.values())
    with Bar(*columns, console=console) as bar:
        task = bar.add_task("", total=total, completed=begun)
        return in_segments(
            checkpoints, step, stop=stop, tell=lambda before, after: bar.advance(task, after.seen - before.seen)
        )


def _end_in_order() -> None:
    """Has SIGTERM and SIGHUP end the command like Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


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
