"""The commands about dead letters: records whose events could not be published."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Annotated
from typing import TypeVar

import typer
from rich.progress import BarColumn
from rich.progress import Progress
from rich.progress import TextColumn

from domain.kernel.errors import InvalidArgument
from domain.kernel.events import event_types
from infrastructure.kernel.events.letters import Letters
from infrastructure.kernel.events.letters import LogLetters
from infrastructure.kernel.logs import printable
from infrastructure.kernel.settings import Settings
from infrastructure.kernel.terminal import console
from infrastructure.kernel.terminal import say
from infrastructure.kernel.wiring import lazily

if TYPE_CHECKING:
    from infrastructure.kernel.dynamodb.streams.replay import Replay
    from infrastructure.kernel.dynamodb.streams.replay import Told
    from infrastructure.kernel.dynamodb.streams.sent import SentEvents
    from infrastructure.kernel.dynamodb.streams.spool import Selection

app = typer.Typer(no_args_is_help=True, help="Records whose events could not be published.")

_STREAMS = "infrastructure.kernel.dynamodb.streams"
"""Where the code is that needs the client of AWS, which other commands do not wait for."""
_OUTCOMES = ("sent", "sent before", "refused", "unreadable", "held back")
_STAYS = _OUTCOMES[2:]
"""What leaves an event among the dead letters."""

T = TypeVar("T")

Source = Annotated[
    str | None,
    typer.Argument(help="A log file, - for stdin, or s3:BUCKET. By default the bucket of the setting DEAD_LETTERS."),
]
Aggregates = Annotated[
    list[str] | None, typer.Option("--aggregate", help="Only of the aggregate of this id. May be repeated.")
]
Types = Annotated[list[str] | None, typer.Option("--type", help="Only events of this type. May be repeated.")]
Since = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"], help="Only of writes from this time on, UTC."
    ),
]


@app.command("list")
def list_(
    context: typer.Context,
    source: Source = None,
    aggregate: Aggregates = None,
    type: Types = None,
    since: Since = None,
) -> None:
    """Prints a line per letter: when, whether its events were sent, the aggregate, the events, the letter's name."""
    selection = _selection(aggregate, type, since)
    number = 0
    with _sent(context) as sent, _letters(context, source) as letters:
        for line in lazily(f"{_STREAMS}.inspection:lines")(letters.read(selection.since), selection, sent):
            _print(*line)
            number += 1
    say(f"{number} dead letters")


@app.command()
def show(
    context: typer.Context,
    letter: Annotated[str, typer.Argument(help="The name that `list` prints last.")],
    source: Source = None,
) -> None:
    """Prints a letter as JSON: why it was not published, its events, and the record."""
    service = context.obj.container.settings().service
    with _letters(context, source) as letters:
        for each in letters.find(letter):
            whole = lazily(f"{_STREAMS}.inspection:whole")(each, service)
            typer.echo(json.dumps(whole, indent=2))


@app.command()
def replay(
    context: typer.Context,
    source: Source = None,
    aggregate: Aggregates = None,
    type: Types = None,
    since: Since = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and send nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Send also what a replay has sent before.")] = False,
) -> None:
    """Sends the events of letters to the event bus: those of one aggregate in order, and each once.

    The exit code is 1 if an event was refused or held back, or a letter cannot be read.
    """
    selection = _selection(aggregate, type, since)
    bus = None if dry_run else context.obj.container.event_bus()
    outcomes: Counter[str] = Counter()
    with _sent(context) as sent, _letters(context, source) as letters, _telling(outcomes, dry_run):
        make: Callable[..., Replay] = lazily(f"{_STREAMS}.replay:Replay")
        with make(bus, sent, selection, is_forced=force) as replay:
            for told in _counted("Reading", "letters", replay.read(letters.read(selection.since))):
                if told is not None:
                    _tell(told, outcomes, dry_run)
            for told in _counted("Replaying", "events", replay.send()):
                _tell(told, outcomes, dry_run)
    if any(outcomes[outcome] for outcome in _STAYS):
        raise typer.Exit(1)


def _selection(aggregates: list[str] | None, types: list[str] | None, since: datetime | None) -> "Selection":
    for name in types or ():
        if name not in event_types():
            raise InvalidArgument("--type", f"there is no event {name!r}")
    at = None if since is None else since.replace(tzinfo=UTC)
    selection: Selection = lazily(f"{_STREAMS}.spool:Selection")(aggregates or (), types or (), at)
    return selection


@contextmanager
def _sent(context: typer.Context) -> Iterator["SentEvents"]:
    """What is remembered in the store, which is open meanwhile."""
    container = context.obj.container
    settings: Settings = container.settings()
    if settings.persistence == "memory":
        say(
            f"{settings.variable('persistence')} is memory: it does not know what was sent before, and forgets what is sent"
        )
    persistence = context.obj.opened()
    sent: SentEvents = lazily(f"{_STREAMS}.sent:SentEvents")(persistence.store, container.now)
    yield sent
    persistence.close()


@contextmanager
def _letters(context: typer.Context, source: str | None) -> Iterator[Letters]:
    settings: Settings = context.obj.container.settings()
    kind, _, bucket = (source or settings.dead_letters).partition(":")
    if kind == "s3":
        yield lazily("infrastructure.kernel.events.s3_letters:create_s3_letters")(bucket, settings.aws_region)
    elif source == "-":
        yield LogLetters(sys.stdin.buffer)
    elif source is None:
        raise InvalidArgument("SOURCE", f"name a log file, for {settings.variable('dead_letters')} is {kind}")
    else:
        try:
            file = Path(source).open("rb")  # noqa: SIM115  # closed below; an error of the block is none of the file
        except OSError as exc:
            raise InvalidArgument(source, f"cannot be read: {exc.strerror}") from exc
        with file:
            yield LogLetters(file)


@contextmanager
def _telling(outcomes: Counter[str], is_dry_run: bool) -> Iterator[None]:
    """Says in the end what became of all, also if the block fails."""
    try:
        yield
    finally:
        counts = (f"{outcomes[each]} {'to send' if is_dry_run and each == 'sent' else each}" for each in _OUTCOMES)
        say(", ".join(counts))


def _tell(told: "Told", outcomes: Counter[str], is_dry_run: bool) -> None:
    outcomes[told.outcome] += 1
    if told.why:
        say(f"{told.letter}: {told.why}")
    elif is_dry_run and told.event is not None:
        event = told.event
        outcome = "to send" if told.outcome == "sent" else told.outcome
        _print(outcome, event.aggregate_id, f"{event.type}@{event.version}", event.event_id, told.letter)


def _counted(what: str, of: str, each: Iterable[T]) -> Iterator[T]:
    """All of `each`, with a counter of them."""
    bar = Progress(TextColumn(what), BarColumn(), TextColumn(f"{{task.completed}} {of}"), console=console)
    with bar:
        task = bar.add_task("", total=None)
        for one in each:
            yield one
            bar.advance(task)


def _print(*columns: str) -> None:
    typer.echo(printable("  ".join(column or "-" for column in columns)))
