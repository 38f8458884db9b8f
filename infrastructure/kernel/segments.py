"""Going through all that is stored, in segments at the same time, so that it can be stopped and continued."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait
from contextlib import ExitStack
from contextlib import contextmanager
from fcntl import LOCK_EX
from fcntl import LOCK_NB
from fcntl import flock
from pathlib import Path
from threading import Event
from typing import Self

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field
from pydantic import ValidationError
from tenacity import Retrying
from tenacity import retry_if_exception_type
from tenacity import sleep_using_event
from tenacity import stop_after_attempt
from tenacity import stop_when_event_set
from tenacity import wait_random_exponential

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unavailable
from infrastructure.kernel.replacing import replacing
from infrastructure.kernel.store import Segment

MAX_THREADS = 64
"""How many segments are gone through at the same time, at most."""
ATTEMPTS = 8
"""How often a step is tried while the store is unavailable: for up to a minute."""


class Progress(BaseModel):
    """How far one segment of a task has come."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    """What is done, and to what."""
    after: str | None = None
    """Where the next step begins."""
    is_done: bool = False
    seen: int = Field(default=0, ge=0)
    """How many records or lines were looked at."""
    bytes: int = Field(default=0, ge=0)
    """How much of the segment's file is written or read."""
    counts: Mapping[str, int] = Field(default_factory=dict)
    """What became of them: how many of each."""

    def advanced(self, *, after: str | None, seen: int, bytes: int = 0, **counts: int) -> Self:
        """The progress after one more step."""
        return self.model_copy(
            update={
                "after": after,
                "is_done": after is None,
                "seen": self.seen + seen,
                "bytes": self.bytes + bytes,
                "counts": {name: self.counts.get(name, 0) + count for name, count in counts.items()},
            }
        )


class Checkpoints:
    """The progress of each segment of a task, as a file of its own in a folder; without a folder it is forgotten.

    Raises:
        InvalidArgument: the folder has the progress of another task, or of another number of segments, or a damaged file,
            or it cannot be made.
    """

    def __init__(self, folder: Path | None, task: str, segments: int) -> None:
        self.folder = folder
        self._task = task
        self.segments = [Segment(number, segments) for number in range(segments)]
        self.begun = dict.fromkeys(self.segments, Progress(task=task))
        """The progress of each segment when the command began."""
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise InvalidArgument(str(folder), f"cannot be written: {exc.strerror}") from exc
        self._read(folder)

    @contextmanager
    def held(self) -> Iterator[None]:
        """While the block lasts, no other process goes on in this folder. A process that is killed holds nothing.

        Raises:
            InvalidArgument: another process goes on there, or it cannot be written.
        """
        if self.folder is None:
            yield
            return
        with ExitStack() as opened:
            try:
                flock(opened.enter_context((self.folder / ".lock").open("ab")), LOCK_EX | LOCK_NB)
            except BlockingIOError as exc:
                raise InvalidArgument(
                    str(self.folder), "is in use by another command: wait until that has ended"
                ) from exc
            except OSError as exc:
                raise InvalidArgument(str(self.folder), f"cannot be locked: {exc.strerror}") from exc
            self._read(self.folder)  # somebody else may have gone on since
            yield

    @property
    def has_ended(self) -> bool:
        """Whether all was done when the command began."""
        return all(progress.is_done for progress in self.begun.values())

    def _read(self, folder: Path) -> None:
        paths = {self.path(segment, "json"): segment for segment in self.segments}
        for path in sorted(folder.glob("segment-*.json")):
            progress = read_progress(path)
            if progress.task != self._task:
                raise InvalidArgument(
                    str(folder), f"has the progress of another task: {progress.task}, not {self._task}"
                )
            if path not in paths:
                raise InvalidArgument(
                    "--segments", f"must be {path.stem.rpartition('-')[2]}, as {folder} has begun with"
                )
            self.begun[paths[path]] = progress

    def path(self, segment: Segment, suffix: str) -> Path:
        """A file of a segment, in the folder."""
        return Path(self.folder or "") / f"segment-{segment.number + 1}-of-{segment.of}.{suffix}"

    def keep(self, segment: Segment, progress: Progress) -> None:
        """Remembers how far a segment has come."""
        if self.folder is not None:
            with replacing(self.path(segment, "json")) as file:
                file.write(progress.model_dump_json().encode() + b"\n")


def read_progress(path: Path) -> Progress:
    """The progress that a file has.

    Raises:
        InvalidArgument: it has none.
    """
    try:
        return Progress.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as exc:
        raise InvalidArgument(str(path), "is damaged; delete the folder, and begin again") from exc


Step = Callable[[Segment, Progress], Progress]
"""Does some of a segment, from `after` on, and returns the progress with it. It may be called again if it raises."""


def in_segments(
    checkpoints: Checkpoints, step: Step, *, tell: Callable[[Progress, Progress], None], stop: Event
) -> list[Progress]:
    """Repeats `step` in each segment until all are done, or `stop` is set, and returns how far they have come.

    `tell` is told the progress before and after each step. While the store is unavailable, a step is tried again. The
    first error of a segment stops all.
    """
    again = Retrying(
        retry=retry_if_exception_type(Unavailable),
        wait=wait_random_exponential(multiplier=0.5, max=20),
        stop=stop_after_attempt(ATTEMPTS) | stop_when_event_set(stop),
        sleep=sleep_using_event(stop),
        reraise=True,
    )

    def go(segment: Segment) -> Progress:
        progress = checkpoints.begun[segment]
        while not (progress.is_done or stop.is_set()):
            before, progress = progress, again.copy()(step, segment, progress)
            checkpoints.keep(segment, progress)
            tell(before, progress)
        return progress

    with ThreadPoolExecutor(min(len(checkpoints.segments), MAX_THREADS), thread_name_prefix="segment") as pool:
        under_way = [pool.submit(go, segment) for segment in checkpoints.segments]
        try:
            wait(under_way, return_when=FIRST_EXCEPTION)
        finally:
            if not all(each.done() for each in under_way):
                stop.set()
    return [each.result() for each in under_way]
