"""What the name of an aggregate would be mixed up with."""

import ast
import keyword
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import PurePosixPath

from template.paths import is_of_aggregate
from template.paths import is_verbatim
from template.renaming import WORD
from template.renaming import Renamer


def clashes(
    files: Mapping[str, bytes],
    renamer: Renamer,
    taken: frozenset[str],
    *,
    singular: str = "aggregate",
    plural: str = "aggregate_plural",
) -> Iterator[str]:
    """What would be called the same after renaming, and was not before; and what could not be called so.

    Kernels are modules of their own: an owner's module has of their names only those that it imports.

    Args:
        files: as they are in the reference.
        taken: what no repository of a persistence can be called.
        singular: what the input is called that has to change, if it is the singular.
        plural: the same of the plural.
    """
    inputs = {False: f"{singular}: {renamer.name.singular!r}", True: f"{plural}: {renamer.name.plural!r}"}
    found: dict[bool, str] = {}  # one reason each is enough
    for path, new in _overwritten(files, renamer):
        found.setdefault(_is_plural(path), f"would make {new}, and that is there already")
    for path, content in files.items():
        if path.endswith(".py") and not is_verbatim(path):
            for old, new in _ambiguities(identifiers(content.decode()), renamer):
                found.setdefault(_is_plural(old), f"becomes {new!r}, which is something else in {path}")
    many = renamer.name.form("snake", plural=True)
    if many in taken:
        found.setdefault(True, f"becomes {many!r}, which every persistence has already")
    yield from (f"{inputs[is_plural]} {reason}" for is_plural, reason in found.items())


def _overwritten(files: Mapping[str, bytes], renamer: Renamer) -> Iterator[tuple[str, str]]:
    """The files that would stand where another does, or a package of that name."""
    packages = {parent.as_posix() for path in files for parent in PurePosixPath(path).parents}
    there: dict[str, str] = {}
    for path in sorted(files, key=is_of_aggregate):
        new = path if is_verbatim(path) else renamer.plain(path)
        if there.setdefault(new.lower(), path) != path or new.removesuffix(".py").lower() in packages:
            yield path, new


def _is_plural(old: str) -> bool:
    return f"{WORD}s" in old.lower()


def _ambiguities(names: Iterable[str], renamer: Renamer) -> Iterator[tuple[str, str]]:
    olds = {*names}
    for old in sorted(olds):
        new = renamer.plain(old)
        if new != old and (new in olds or keyword.iskeyword(new)) and renamer.plain(new) == new:
            yield old, new


def members(source: str) -> Iterator[str]:
    """The methods of the classes in a piece of Python, and what they keep in `self`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield name


def identifiers(source: str) -> frozenset[str]:
    """The names that stand for something in a piece of Python. Attributes and keywords of calls are others' names."""
    return frozenset(name for node in ast.walk(ast.parse(source)) for name in _names_of(node))


def _names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=bound):
            yield bound or name.partition(".")[0]
