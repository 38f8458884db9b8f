"""What pydantic made of a model, as a text: by it, what is read from the zip is compared with what was compiled."""

import re
from collections.abc import Callable
from collections.abc import Sequence
from enum import Enum
from functools import partial
from inspect import isroutine
from pathlib import Path
from typing import Any
from typing import get_args
from typing import get_origin

Words = Callable[[Any], Any]
"""Puts what is not the same class on both sides in other words; None for anything else."""


def modules_in(folder: Path, packages: Sequence[str]) -> list[str]:
    """The modules of the packages, by name."""
    paths = (path.relative_to(folder).with_suffix("") for name in packages for path in (folder / name).rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)


def subclasses(kind: type[Any]) -> dict[type[Any], None]:
    """Those of `kind`, directly or not."""
    found: dict[type[Any], None] = {}
    for each in kind.__subclasses__():
        found |= {each: None, **subclasses(each)}
    return found


def described(thing: Any, in_other_words: Words) -> str:
    """`thing`, so that two of them are described alike if they do the same."""

    def all_of(things: Any) -> str:
        return ", ".join(described(each, in_other_words) for each in things)

    if (words := in_other_words(thing)) is not None:
        return f"<{all_of(words)}>"
    match thing:
        case dict():
            pairs = sorted(
                f"{described(key, in_other_words)}: {described(thing[key], in_other_words)}" for key in thing
            )
            return f"{{{', '.join(pairs)}}}"
        case list() | tuple():
            return f"[{all_of(thing)}]"
        case set() | frozenset():
            return f"{{{', '.join(sorted(described(each, in_other_words) for each in thing))}}}"
        case partial():
            return f"partial({all_of((thing.func, thing.args, thing.keywords))})"
        case re.Pattern():
            return f"pattern({thing.pattern!r}, {thing.flags})"
        case Enum():
            return f"{described(type(thing), in_other_words)}.{thing.name}"
    if arguments := get_args(thing):
        return f"{get_origin(thing)}[{all_of(arguments)}]"
    if isinstance(thing, type) or isroutine(thing):
        bound_to = getattr(thing, "__self__", None)
        of = f" of {described(bound_to, in_other_words)}" if isinstance(bound_to, type) else ""
        return f"{type(thing).__name__} {getattr(thing, '__module__', '')}:{thing.__qualname__}{of}"
    if hasattr(thing, "__pydantic_fields_set__"):
        return f"{described(type(thing), in_other_words)} {described(thing.__dict__, in_other_words)}"
    return repr(thing)
