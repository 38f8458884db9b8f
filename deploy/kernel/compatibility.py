"""Compares the API, the events and the aggregates with those of an earlier commit, and names each change that breaks."""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from typing import NamedTuple

from deploy.kernel.breaking_changes import Stored
from deploy.kernel.breaking_changes import broken_calls
from deploy.kernel.breaking_changes import broken_entities
from deploy.kernel.breaking_changes import broken_events
from deploy.kernel.breaking_changes import operations

ROOT = Path(__file__).parents[2]
RELEASES = "v[0-9]*"
"""The tags of releases."""
_BEGIN = """
import sys
from pathlib import Path
import infrastructure
if not Path(infrastructure.__path__[0]).parent.samefile("."):
    sys.exit("there is no package infrastructure")
"""
"""Before the service in this folder runs, and not the one that is installed."""
RUN = f"""{_BEGIN}
from infrastructure.cli import main
main()
"""
"""Runs the command line of the service."""
STORED = f"""{_BEGIN}
import json
from domain.kernel.upcasting import schema_version
from infrastructure.container import Container
kinds = [repository.kind for repository in Container().persistence().repositories()]
print(json.dumps({{kind.__name__: [schema_version(kind), kind.model_json_schema()] for kind in kinds}}))
"""
"""Prints the schema version of each aggregate, and the JSON Schema of what can be read as one."""


class Documents(NamedTuple):
    """What a service says of itself.

    Attributes:
        api: the OpenAPI document.
        events: the schemas of the events, by their types.
        entities: how the aggregates are stored, by their classes.
    """

    api: dict[str, Any]
    events: dict[str, Any]
    entities: dict[str, Stored]


class NotCompared(Exception):
    """Nothing was compared, and why not."""


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> None:
    """Prints what is broken. Exits with 1 if anything is, and with 2 and a line that says why if it cannot compare."""
    parser = argparse.ArgumentParser(prog="python -m deploy.kernel.compatibility", description=__doc__)
    parser.add_argument("--base", default="", help="the commit to compare with (default: the last tag of a release)")
    asked: str = parser.parse_args(arguments).base
    try:
        base = asked or last_release(root)
        with TemporaryDirectory() as folder:
            check_out(root, base, Path(folder))
            old = documents(Path(folder), base)
        new = documents(root, "this folder")
    except NotCompared as exc:
        print(f"Nothing was compared: {exc}", file=sys.stderr)
        sys.exit(2)
    found = {
        "Callers of the API": [*broken_calls(old.api, new.api)],
        "Consumers of events": [*broken_events(old.events, new.events)],
        "Stored aggregates": [*broken_entities(old.entities, new.entities)],
    }
    for heading, lines in found.items():
        if lines:
            print("\n".join((f"{heading}:", *(f"  {line}" for line in lines))))
    number = sum(map(len, found.values()))
    compared = (
        f"{len(operations(old.api))} operations, {len(old.events)} events, {len(old.entities)} aggregates of {base}"
    )
    print(f"{number or 'no'} breaking changes; compared: {compared}")
    sys.exit(1 if number else 0)


def last_release(root: Path) -> str:
    """The last tag of a release before this commit.

    Raises:
        NotCompared: there is none.
    """
    described = _git(root, "describe", "--tags", "--abbrev=0", f"--match={RELEASES}")
    if described.returncode != 0:
        raise NotCompared("there is no release yet, no tag such as v1.0.0; say with which commit: BASE=main")
    return described.stdout.decode().strip()


def check_out(root: Path, base: str, folder: Path) -> None:
    """Puts the files of a commit into a folder, and nothing into the repository.

    Raises:
        NotCompared: there is no such commit, or no repository.
    """
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if found.returncode != 0:
        reason = found.stderr.decode(errors="replace").strip() or "a shallow clone may not have it"
        raise NotCompared(f"there is no commit {base}: {reason}")
    packed = _git(root, "archive", "--format=tar", found.stdout.decode().strip())
    if packed.returncode != 0:
        raise NotCompared(f"git cannot read {base}: {packed.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")


def documents(root: Path, called: str) -> Documents:
    """What the service in `root` says of itself. It runs in the environment of this process.

    Raises:
        NotCompared: it does not run; a dependency may be missing that it had.
    """
    with TemporaryDirectory() as folder:
        document = _said(root, called, RUN, "openapi")
        _said(root, called, RUN, "events", "schema", folder)
        schemas = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(folder).iterdir())}
    stored = json.loads(_said(root, called, STORED))
    return Documents(json.loads(document), schemas, {kind: Stored(*told) for kind, told in stored.items()})


def _said(root: Path, called: str, script: str, *command: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", script, *command],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if finished.returncode != 0:
        what = f"`{' '.join(command[:2])}` fails" if command else "the schemas of the aggregates cannot be made"
        raise NotCompared(f"{what} in {called}:\n{finished.stderr.strip()}")
    return finished.stdout


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)


if __name__ == "__main__":
    main()
