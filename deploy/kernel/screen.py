"""What a deployment shows to the person who runs it: on a terminal with progress bars, in CI line by line."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn
from rich.progress import DownloadColumn
from rich.progress import MofNCompleteColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.table import Table

from deploy.kernel.stack import Change
from deploy.kernel.stack import Happening

_FILE_WIDTH = 130
_STYLES = {"Add": "green", "Modify": "yellow", "Remove": "red", "Import": "green"}
_FIRST = 5
"""How many failures are shown: the others follow from the first ones."""

console = Console(highlight=False)
if not console.is_terminal:
    console = Console(highlight=False, width=_FILE_WIDTH)


def say(message: str) -> None:
    """Prints a message."""
    console.print(message, markup=False, soft_wrap=True)


def warn(message: str) -> None:
    """Prints a message that nobody should miss."""
    console.print(message, style="bold red", markup=False, soft_wrap=True)


@contextmanager
def waiting(message: str) -> Iterator[None]:
    """Shows that something takes long."""
    if console.is_terminal:
        with console.status(escape(message)):
            yield
    else:
        say(message)
        yield


@contextmanager
def uploading(what: str, size: int) -> Iterator[Callable[[int], None]]:
    """A progress bar, moved by calling it with the bytes sent since."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(escape(what), total=size)
        yield lambda sent: progress.advance(task, sent)


def show_changes(changes: Sequence[Change]) -> None:
    """Prints a line per change, and a warning for those that the service would lose data by."""
    table = Table("action", "resource", "type", "replacement", box=None, pad_edge=False)
    for change in changes:
        style = "bold red" if change.is_of_data else _STYLES.get(change.action, "")
        replacement = change.replacement if change.action == "Modify" else ""
        table.add_row(change.action, change.logical_id, change.type, replacement, style=style)
    console.print(table)
    for change in changes:
        if change.is_of_data and change.action == "Remove":
            warn(f"WARNING: {change.logical_id} leaves the stack, and the service loses its data.")
        elif change.is_of_data:
            warn(f"WARNING: {change.logical_id} is replaced by an empty one, and the service loses its data.")


def follow(happenings: Iterable[Happening], total: int) -> tuple[Happening, Sequence[Happening]]:
    """Shows what happens to each of `total` resources. Returns the last, which is of the stack, and the failures."""
    failures: list[Happening] = []
    done: set[str] = set()
    last: Happening | None = None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("resources", total=total)
        for happening in happenings:
            last = happening
            if happening.is_failure:
                failures.append(happening)
            if happening.is_last and not happening.is_of_stack:
                done.add(happening.logical_id)
                progress.update(task, completed=min(len(done), total))
                style = "red" if happening.is_failure else ""
                line = f"{happening.status:<17} {happening.logical_id}  {happening.type}"
                console.print(line, style=style, markup=False, soft_wrap=True)
    if last is None:
        raise AssertionError("CloudFormation told nothing")
    return last, failures[:_FIRST]


def show_failures(failures: Sequence[Happening]) -> None:
    """Prints which resources failed, and why."""
    for failure in failures:
        warn(f"{failure.logical_id} ({failure.type}): {failure.reason or 'CloudFormation gives no reason'}")
        if "already exists" in failure.reason.lower():
            say(
                "  It is there already, and does not belong to this stack. It may have stayed when a stack was destroyed: "
                "delete it, import it into the stack, or give this one another name."
            )


def show_pairs(pairs: Mapping[str, str]) -> None:
    """Prints names with their values."""
    width = max((len(name) for name in pairs), default=0)
    for name, value in pairs.items():
        say(f"  {name:<{width}}  {value}")
