"""Lines of JSON in several files, one for each segment, that are written or read at the same time."""

import os
from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

from domain.kernel.entity import Entity
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unavailable
from infrastructure.kernel.ndjson import import_lines
from infrastructure.kernel.ndjson import line_of
from infrastructure.kernel.segments import Checkpoints
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.segments import Step
from infrastructure.kernel.segments import read_progress
from infrastructure.kernel.store import Segment
from infrastructure.kernel.store import Store
from usecases.kernel.imports import Import

SUFFIX = "ndjson"
LINES = 100
"""After how many imported lines the progress is kept."""


def exporting(
    store: Store, kinds: Sequence[type[Entity]], checkpoints: Checkpoints, report: Callable[[str], None]
) -> Step:
    """Writes every entity of these kinds into the file of its segment, and has each reported that cannot be read.

    A step cuts off what a killed one has written, and so can be repeated.
    """

    def step(segment: Segment, before: Progress) -> Progress:
        stretch = store.stretch(kinds, segment, before.after)
        lines = b"".join(map(line_of, stretch.entities))
        _append(checkpoints.path(segment, SUFFIX), before.bytes, lines)
        for error in stretch.unreadable:
            report(f"{error.kind} {error.id} cannot be read, and was left out")
        counts = {"written": len(stretch.entities), "unreadable": len(stretch.unreadable)}
        return before.advanced(after=stretch.after, seen=stretch.seen, bytes=len(lines), **counts)

    return step


def _append(path: Path, size: int, lines: bytes) -> None:
    """Has the file of that size end with `lines`, whatever is there beyond.

    Raises:
        InvalidArgument: it is shorter, or cannot be written.
    """
    try:
        with path.open("ab") as file:
            if file.tell() < size:
                raise InvalidArgument(str(path), "is shorter than it was; delete the folder, and begin again")
            file.truncate(size)
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:
        raise InvalidArgument(str(path), f"cannot be written: {exc.strerror}") from exc


def importing(
    files: Sequence[Path],
    imports: Mapping[str, Callable[[], Import[Any]]],
    report: Callable[[str], None],
    stop: Event,
) -> Step:
    """Adds the entity of every line of the segment's file, and has each line reported that is not added."""

    def step(segment: Segment, before: Progress) -> Progress:
        path = files[segment.number]
        counts: Counter[str] = Counter(added=0, existing=0, refused=0)
        line, place, is_end = before.seen, before.bytes, True
        with path.open("rb") as file:
            file.seek(place)
            try:
                for imported in islice(import_lines(file, imports, first=line + 1), LINES):
                    counts[imported.outcome] += 1
                    line, place, is_end = imported.line, file.tell(), False
                    if imported.problem is not None:
                        report(f"{path.name}, line {imported.line}: {imported.problem}")
                    if stop.is_set():
                        break
            except Unavailable:
                if line == before.seen:
                    raise
        after = None if is_end else str(place)
        return before.advanced(after=after, seen=line - before.seen, bytes=place - before.bytes, **counts)

    return step


def files_in(folder: Path) -> list[Path]:
    """The files with lines in `folder`.

    Raises:
        InvalidArgument: there are none, or the export that writes them has not ended.
    """
    files = sorted(folder.glob(f"*.{SUFFIX}"))
    if not files:
        raise InvalidArgument(str(folder), f"has no files *.{SUFFIX}")
    for path in files:
        kept = path.with_suffix(".json")
        if kept.exists() and not read_progress(kept).is_done:
            raise InvalidArgument(str(folder), f"is not complete: run the export again, which goes on with {path.name}")
    return files
