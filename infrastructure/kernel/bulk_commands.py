"""The commands that go through all that is stored, or will be: export, import, rewrite."""

import signal
import sys
from collections import Counter
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextlib import nullcontext
from operator import attrgetter
from pathlib import Path
from threading import Event
from typing import Annotated
from typing import Any
from typing import BinaryIO

import typer
from rich.progress import BarColumn
from rich.progress import Progress as Bar
from rich.progress import TextColumn

from domain.kernel.errors import InvalidArgument
from domain.kernel.repository import Repository
from domain.kernel.upcasting import schema_version
from infrastructure.kernel.ndjson import export_lines
from infrastructure.kernel.ndjson import import_lines
from infrastructure.kernel.ndjson_files import exporting
from infrastructure.kernel.ndjson_files import files_in
from infrastructure.kernel.ndjson_files import importing
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.progress_bars import Doing
from infrastructure.kernel.progress_bars import gone_through
from infrastructure.kernel.progress_bars import watched
from infrastructure.kernel.replacing import replacing
from infrastructure.kernel.rewriting import rewriting
from infrastructure.kernel.segments import Checkpoints
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.terminal import console
from infrastructure.kernel.terminal import say
from infrastructure.kernel.wiring import Container
from infrastructure.kernel.wiring import use_cases
from usecases.kernel.imports import Import

app = typer.Typer()

Units = Annotated[
    float | None,
    typer.Option(
        min=1, help="How many read and write units may be consumed per second, on average. No limit without it."
    ),
]
Segments = Annotated[int, typer.Option(min=1, max=1000, help="How many segments are gone through at the same time.")]
Kept = Annotated[
    Path | None, typer.Option(help="A folder that keeps how far it has come, so that it can be stopped and continued.")
]


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="Lines of JSON, as `export` writes them; - is stdin. Of a folder, all files *.ndjson at the same time."
        ),
    ],
    *,
    units: Units = None,
    progress: Kept = None,
) -> None:
    """Adds the entity of every line, and overwrites nothing, so that an import cut short can be run again.

    The exit code is 1 if a line was refused; an id that exists already is reported, and no failure.
    """
    _warn_if_forgotten(context.obj.container.settings())
    persistence = context.obj.opened()
    imports = _imports(context.obj.container)
    counts: Counter[str] = Counter(added=0, existing=0, refused=0)
    stop = limited(persistence, units)
    if file.is_dir() or progress is not None:
        if not file.exists():
            raise typer.BadParameter(f"{file} does not exist; with --progress it has to be a file or a folder")
        files = files_in(file) if file.is_dir() else [file]
        size = sum(path.stat().st_size for path in files)
        task = f"import of {file.resolve()} ({len(files)} files, {size} bytes) into {persistence.place}"
        checkpoints = Checkpoints(progress, task, len(files))
        step = importing(files, imports, say, stop)
        for done in gone_through(checkpoints, step, Doing("Importing", size, "bytes", attrgetter("bytes")), stop):
            counts.update(done.counts)
    else:
        with _opened(file) as opened, watched(opened, "Importing") as lines:
            for imported in import_lines(lines, imports):
                counts[imported.outcome] += 1
                if imported.problem is not None:
                    say(f"line {imported.line}: {imported.problem}")
    persistence.close()
    say(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    if counts["refused"]:
        raise typer.Exit(1)


@app.command()
def export(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Replaced when all is written, and only then; - is stdout. A pipe is written to.")
    ],
    *,
    segments: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1000,
            help="Write so many files at the same time, in no order, into a folder that is given instead of a file. A "
            "command that was stopped goes on there.",
        ),
    ] = None,
    units: Units = None,
) -> None:
    """Writes every entity that `import` takes as a line of JSON.

    The exit code is 1 if one could not be read; all the others are written.
    """
    imports = _imports(context.obj.container)
    _warn_if_forgotten(context.obj.container.settings())
    persistence = context.obj.opened()
    repositories = [each for each in persistence.repositories() if each.kind.__name__ in imports]
    stop = limited(persistence, units)
    if segments is not None:
        checkpoints = Checkpoints(file, f"export of {persistence.place}", segments)
        exported = [each.kind for each in repositories]
        step = exporting(persistence.store, exported, checkpoints, say)
        done = gone_through(checkpoints, step, Doing("Exporting", persistence.records(exported)), stop)
        written, unreadable = (sum(each.counts.get(name, 0) for each in done) for name in ("written", "unreadable"))
        say(f"{written} lines are in {file}, {unreadable} entities are not")
    else:
        unreadable = _export_to_one(file, repositories)
    if unreadable:
        raise typer.Exit(1)


def _export_to_one(file: Path, repositories: Sequence[Repository[Any]]) -> int:
    """Writes all entities to a file, and returns how many could not be read."""
    unreadable: list[str] = []

    def report(kind: str, id: str) -> None:
        unreadable.append(id)
        say(f"{kind} {id} cannot be read, and was left out")

    bar = Bar(TextColumn("Exporting"), BarColumn(), TextColumn("{task.completed} lines"), console=console)
    with replacing(file) as lines, bar:
        task = bar.add_task("", total=None)
        for line in export_lines(repositories, report):
            lines.write(line)
            bar.advance(task)
    return len(unreadable)


@app.command()
def rewrite(
    context: typer.Context,
    kinds: Annotated[
        list[str] | None, typer.Argument(help="Which aggregates; by default all that have upcasters.")
    ] = None,
    *,
    segments: Segments = 4,
    units: Units = None,
    progress: Kept = None,
    whatever: Annotated[
        bool,
        typer.Option("--all", help="Save again what is in the version of this release, too, as for a new listing."),
    ] = False,
) -> None:
    """Saves again what an older release has stored, in the schema version of this release. Run it when that one is gone.

    It publishes no events, and each entity that is saved gets the next version. It never overwrites a concurrent save. It can be
    run again. The exit code is 1 if an entity could not be read or saved.
    """
    persistence = context.obj.opened()
    repositories = {each.kind: each for each in _chosen(persistence.repositories(), kinds, whatever=whatever)}
    if not repositories:
        say("no aggregate has upcasters, so nothing is in an older schema version")
        return
    named = ", ".join(sorted(kind.__name__ for kind in repositories))
    stop = limited(persistence, units)
    checkpoints = Checkpoints(progress, f"rewrite{' --all' * whatever} {named} in {persistence.place}", segments)
    step = rewriting(persistence.store, repositories, whatever=whatever, report=say, stop=stop)
    done = gone_through(checkpoints, step, Doing("Rewriting", persistence.records([*repositories])), stop)
    persistence.close()
    saved, failed = (sum(each.counts.get(name, 0) for each in done) for name in ("saved", "failed"))
    say(f"{saved} saved again, {failed} not; {sum(each.seen for each in done)} records seen")
    if failed:
        raise typer.Exit(1)


def _chosen(repositories: list[Repository[Any]], names: list[str] | None, *, whatever: bool) -> list[Repository[Any]]:
    if not names:
        return [each for each in repositories if whatever or schema_version(each.kind)]
    known = {each.kind.__name__: each for each in repositories}
    if unknown := [name for name in names if name not in known]:
        raise InvalidArgument("kinds", f"{', '.join(unknown)}: must be among {', '.join(sorted(known))}")
    return [known[name] for name in dict.fromkeys(names)]


def limited(persistence: Persistence, units: float | None) -> Event:
    """What ends waiting and work once it is set; until then, no more than `units` are consumed."""
    stop = Event()
    if units is not None:
        persistence.limit(units, stop)
    _end_in_order()
    return stop


def _end_in_order() -> None:
    """Has SIGTERM and SIGHUP end the command like Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


def _imports(container: Container) -> dict[str, Callable[[], Import[Any]]]:
    """The use case that imports each kind, by the name of the kind."""
    return {case.kind.__name__: make for case, make in use_cases(container).items() if issubclass(case, Import)}


def _opened(file: Path) -> AbstractContextManager[BinaryIO]:
    try:
        return nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb")
    except OSError as exc:
        raise typer.BadParameter(f"{file} cannot be read: {exc.strerror}") from exc


def _warn_if_forgotten(settings: Settings) -> None:
    if settings.persistence == "memory":
        say(f"{settings.variable('persistence')} is memory: what is stored is gone when this command ends")
