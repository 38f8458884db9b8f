"""Adds an aggregate to a service: `make aggregate NAME=Invoice` runs this, from the template the service came from."""

import json
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from template.clashes import clashes
from template.clashes import identifiers
from template.errors import Refused
from template.formatting import format_python
from template.generate import move
from template.generate import write
from template.names import Name
from template.renaming import Renamer
from template.service import Reference
from template.service import renamed
from template.source import RECORD
from template.wiring import Wiring


def main() -> None:
    """Adds the aggregate to the service in this folder."""
    parser = ArgumentParser(prog="make aggregate")
    parser.add_argument("name")
    parser.add_argument("plural", nargs="?", default="")
    given = parser.parse_args()
    name = Name(given.name, given.plural or plural_of(given.name))
    try:
        made = add(Reference(Path(__file__).parents[1]), Path.cwd(), name)
    except Refused as refused:
        sys.exit(f"Nothing was added:{refused}")
    sys.stdout.write("".join(f"  {path}\n" for path in sorted(made)))
    sys.stdout.write(f"{name.singular} is added. Next: make check test\n")


def plural_of(singular: str) -> str:
    """A guess, by the rule that `cookiecutter.json` has too."""
    if singular.endswith("y") and singular[-2:-1] not in {*"aeiou"}:
        return singular[:-1] + "ies"
    return singular + ("es" if singular.endswith(("s", "x", "z", "ch", "sh")) else "s")


def add(reference: Reference, service: Path, name: Name) -> list[str]:
    """Adds an aggregate to a service, and returns the files that it made or changed.

    Raises:
        Refused: the name cannot be used, a file of it exists, or a place for one of its lines cannot be found.
    """
    problems = [*name.problems("NAME", "PLURAL")]
    if problems:
        raise Refused(problems)
    answers = reference.answers(json.loads((service / RECORD).read_text(encoding="utf-8"))["answers"])
    first = Renamer(answers.aggregate, answers.literals())
    new = Renamer(name, answers.literals())

    made = renamed(reference.of_the_plain_aggregate(), new)
    wirings = [Wiring.of(path, text, first, new) for path, text in reference.wiring(answers).items()]
    problems = [f"NAME: {name.singular!r} would overwrite {path}" for path in made if _is_there(service / path)]
    if not problems:
        taken = reference.taken_by_persistence()
        problems += clashes(reference.of_the_plain_aggregate(), new, taken, singular="NAME", plural="PLURAL")
        problems += _taken(wirings, service)
    if problems:
        raise Refused(problems)

    with tempfile.TemporaryDirectory() as folder:
        drafts = Path(folder)
        made |= _wired(wirings, service, drafts)
        write(made, drafts)
        complaint = format_python(drafts, made)
        if complaint:
            raise Refused([complaint])
        for path in made:
            move(drafts / path, service / path)
    return [*made]


def _is_there(module: Path) -> bool:
    """Whether there is a file of that name, or a package."""
    return module.exists() or module.with_suffix("").is_dir()


def _taken(wirings: Iterable[Wiring], service: Path) -> Iterator[str]:
    """What the new lines would call as something else is called in the service."""
    for wiring in wirings:
        there = identifiers((service / wiring.path).read_text(encoding="utf-8"))
        for name in sorted(wiring.introduced & there):
            yield f"NAME: {name!r} is something else in {wiring.path} already"


def _wired(wirings: Iterable[Wiring], service: Path, drafts: Path) -> dict[str, bytes]:
    """The wiring files of the service with the new lines.

    Raises:
        Refused: the owner has changed what stood around a place where lines belong.
    """
    (drafts / "constraints").mkdir()
    for configuration in ("constraints/dev.txt", "pyproject.toml"):
        (drafts / configuration).write_bytes((service / configuration).read_bytes())
    files: dict[str, bytes] = {}
    lost: list[str] = []
    for wiring in wirings:
        formatted = wiring.formatted(partial(_formatted, folder=drafts))
        try:
            files[wiring.path] = formatted.carried_over((service / wiring.path).read_text(encoding="utf-8")).encode()
        except LookupError as missing:
            lost.append(f"{wiring.path} has changed; there is no telling where these lines belong:\n{missing.args[0]}")
    if lost:
        raise Refused(lost)
    return files


def _formatted(text: str, folder: Path) -> str:
    """A piece of Python, as the service wants it."""
    write({"draft.py": text.encode()}, folder)
    format_python(folder, ["draft.py"])
    return (folder / "draft.py").read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
