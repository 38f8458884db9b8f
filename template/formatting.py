"""Formats what was made, with the ruff that the service pins: new names are longer or shorter, and sort elsewhere."""

import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

Command = Sequence[str]


def format_python(root: Path, paths: Iterable[str]) -> str | None:
    """Sorts the imports of the Python files at `paths`, and formats them, as the service under `root` wants it.

    Returns:
        Why that could not be done, if it could not: ruff is not here, and cannot be installed.
    """
    files = [path for path in paths if path.endswith(".py")]
    with _ruff(root / "constraints/dev.txt") as ruff:
        if ruff is None:
            return "the ruff that constraints/dev.txt pins is not installed here, and could not be"
        for command in (("check", "--select", "I", "--fix"), ("format",)):
            subprocess.run([*ruff, *command, "--no-cache", "--quiet", *files], cwd=root, check=True)
    return None


@contextmanager
def _ruff(constraints: Path) -> Iterator[Command | None]:
    """The pinned ruff: of this environment, on the path, or installed for the moment."""
    text = constraints.read_text(encoding="utf-8")
    pin = re.search(r"^ruff==(\S+)[^\n]*\\\n(?:    --hash=\S+(?: \\)?\n)+", text, re.MULTILINE)
    if pin is None:
        raise LookupError(f"{constraints} pins no ruff")
    on_path = shutil.which("ruff")
    for command in ([sys.executable, "-m", "ruff"], *([[on_path]] if on_path else [])):
        if _version(command) == pin[1]:
            yield command
            return
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder, "ruff.txt")
        requirement.write_text(pin[0], encoding="utf-8")
        yield _installed(requirement, Path(folder))


def _installed(requirement: Path, folder: Path) -> Command | None:
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")
    try:
        venv.create(folder, with_pip=True)
        subprocess.run([*install, requirement], stdout=subprocess.DEVNULL, check=True)
    except subprocess.CalledProcessError:
        return None  # there is no index; or no ensurepip, which Debian has in a package of its own
    return [str(python), "-m", "ruff"]


def _version(ruff: Command) -> str | None:
    finished = subprocess.run([*ruff, "--version"], capture_output=True, encoding="utf-8", check=False)
    return finished.stdout.removeprefix("ruff ").strip() if finished.returncode == 0 else None
