"""Reads what was compiled."""

import marshal
import pickle
from collections.abc import Callable
from io import BytesIO
from os.path import dirname
from os.path import join
from typing import Any

FILE = join(dirname(__file__), "compiled.marshal")  # not by pathlib, which nothing else needs at the start

NAMED: dict[str, Callable[..., Any]] = {}
"""How that is made which stands in the file by name: models, and what else only pydantic has."""

_content: dict[str, dict[str, Any]] = {}


class NotCompiled(TypeError):
    """A model or a type was not there when the zip was made."""


def found(what: str, name: str) -> Any:
    """What was compiled of one of the `models`, or of one of the `types` that are rendered.

    Raises:
        NotCompiled: nothing was.
    """
    if not _content:
        with open(FILE, "rb") as file:
            _content.update(marshal.load(file))  # noqa: S302  # it is in the zip, as byte code is
    compiled = _content[what].get(name)
    if compiled is None:
        raise NotCompiled(f"{name}: it was not there when the zip was made with LEAN=1; make the zip without")
    return compiled


class _Reader(pickle.Unpickler):
    def persistent_load(self, told: Any) -> Any:
        what, *rest = told
        return NAMED[what](*rest)


def read(compiled: bytes) -> Any:
    """A part of what was compiled."""
    return _Reader(BytesIO(compiled)).load()
