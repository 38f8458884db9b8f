"""Runs the quick tests under other versions of Python, each in an environment of its own, such as `.venv-3.12`.

`python -m tests.kernel.pythons python3.12 python3.13` takes these; it fails if one is not on the machine. Without names
it takes all supported versions that are. It leaves out the version that runs it, for `make test` has tested that.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from tests.kernel.environment import ROOT

SUPPORTED = ("python3.11", "python3.12", "python3.13", "python3.14")
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"

_TELL = "import sys; print(*sys.version_info[:2], sep='.')"


def find(names: Sequence[str], environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The interpreters of those names, by their versions, and the names of those that are not there."""
    found: dict[str, str] = {}
    missing = []
    for name in names:
        versions = ((_version(path), path) for path in _candidates(name, environment))
        version, path = next(((version, path) for version, path in versions if version), ("", ""))
        if version:
            found[version] = path
        else:
            missing.append(name)
    return found, missing


def _candidates(name: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Where an interpreter may be: on the path, or installed by pyenv, whose commands on the path need not work."""
    if path := shutil.which(name, path=environment.get("PATH")):
        yield path
    pyenv = environment.get("PYENV_ROOT") or Path(environment.get("HOME", ""), ".pyenv")
    yield from map(str, Path(pyenv, "versions").glob(f"*/bin/{Path(name).name}"))


def _version(path: str) -> str | None:
    """The version of an interpreter; None if it does not run."""
    told = subprocess.run([path, "-c", _TELL], capture_output=True, text=True, check=False)
    return told.stdout.strip() if told.returncode == 0 else None


def main(names: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Runs the tests under each, and answers with the exit code of the first that fails."""
    found, missing = find(names or SUPPORTED, environment)
    if missing:
        sys.stderr.write(f"Not on this machine: {', '.join(missing)}\n")
        if names:
            return 1
    for version, path in found.items():
        if version == THIS:
            continue
        began = perf_counter()
        # In memory alone: what a store answers does not depend on the interpreter.
        ended = subprocess.run(
            ["make", f"PYTHON={path}", f"VENV=.venv-{version}", "test", "test-kernel"],
            cwd=ROOT,
            env={**environment, "TEST_ADAPTERS": "memory"},
            check=False,
        )
        if ended.returncode != 0:
            sys.stderr.write(f"Python {version}: failed\n")
            return ended.returncode
        sys.stderr.write(f"Python {version}: passed in {perf_counter() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
