"""Writing a file that is whole, or not there."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO
from typing import cast

from domain.kernel.errors import InvalidArgument


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of the one at `path` when the block is left without an error.

    Its permissions stay; a link stays, and what it leads to is replaced. What is no file, such as a pipe or a device,
    is written to while the block lasts; so is stdout, which is `-`.

    Raises:
        InvalidArgument: it cannot be written.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    try:
        before = path.stat().st_mode if path.exists() else None
        if before is None or stat.S_ISREG(before):
            with _moved(Path(os.path.realpath(path)), before) as file:
                yield file
        else:
            with path.open("wb") as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise InvalidArgument(str(path), f"cannot be written: {exc.strerror}") from exc


@contextmanager
def _moved(target: Path, mode: int | None) -> Iterator[BinaryIO]:
    """A new file, moved to `target` when it is complete. Nobody else can read it before."""
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            yield cast("BinaryIO", file)
            file.close()
            Path(file.name).chmod(_mode_of_a_new_file() if mode is None else stat.S_IMODE(mode))
            Path(file.name).replace(target)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(file.name).unlink()
            raise


def _mode_of_a_new_file() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
