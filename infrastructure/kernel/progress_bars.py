"""Progress bars, with an estimate of the time that is left if it is known how much there is to do."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextlib import nullcontext
from operator import attrgetter
from threading import Event
from typing import BinaryIO
from typing import NamedTuple

from rich.progress import BarColumn
from rich.progress import Progress as Bar
from rich.progress import TextColumn
from rich.progress import TimeRemainingColumn
from rich.progress import wrap_file

from infrastructure.kernel.segments import Checkpoints
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.segments import Step
from infrastructure.kernel.segments import in_segments
from infrastructure.kernel.terminal import console
from infrastructure.kernel.terminal import say


class Doing(NamedTuple):
    """What is done, to how much about, if that is known; and how much of it is done with that progress."""

    what: str
    total: int | None
    unit: str = "records"
    done: Callable[[Progress], int] = attrgetter("seen")


def gone_through(checkpoints: Checkpoints, step: Step, doing: Doing, stop: Event) -> list[Progress]:
    """How far all segments have come in the end, with a progress bar meanwhile.

    Raises:
        InvalidArgument: another process goes on in the folder of these checkpoints.
    """
    with checkpoints.held():
        if checkpoints.has_ended:
            say(
                f"{checkpoints.folder}: all was done in an earlier run, so nothing is done now. For a new run take a new folder"
            )
        return _with_bar(checkpoints, step, doing, stop)


def _with_bar(checkpoints: Checkpoints, step: Step, doing: Doing, stop: Event) -> list[Progress]:
    of = "" if doing.total is None else f" of about {doing.total}"
    counted = TextColumn(f"{{task.completed}}{of} {doing.unit}")
    with Bar(TextColumn(doing.what), BarColumn(), counted, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=doing.total, completed=sum(map(doing.done, checkpoints.begun.values())))

        def tell(before: Progress, after: Progress) -> None:
            bar.advance(task, doing.done(after) - doing.done(before))

        return in_segments(checkpoints, step, tell=tell, stop=stop)


def watched(file: BinaryIO, what: str) -> AbstractContextManager[BinaryIO]:
    """`file`, with a progress bar if its size is known, as that of a pipe is not."""
    if not file.seekable():
        return nullcontext(file)
    begin = file.tell()
    size = file.seek(0, os.SEEK_END) - begin
    file.seek(begin)
    return wrap_file(file, size, console=console, description=what)
