"""A zip for Lambda that is there already: which architecture and Python it was made for."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zipfile import BadZipFile
from zipfile import ZipFile

from domain.kernel.errors import InvalidArgument

_EXTENSION = re.compile(r"\.cpython-3(\d+)-(x86_64|aarch64)-linux-gnu\.so$")
"""How extension modules end, which say what they run on: https://peps.python.org/pep-3149/"""


@dataclass(frozen=True)
class Package:
    """The bytes of a zip, and what they run on."""

    content: bytes
    architecture: str
    runtime: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """The zip at `path`.

        Raises:
            InvalidArgument: there is none, or its modules do not all run on one architecture and one Python.
        """
        try:
            with ZipFile(path) as archive:
                found = {match.groups() for name in archive.namelist() if (match := _EXTENSION.search(name))}
            content = path.read_bytes()
        except (OSError, BadZipFile) as exc:
            raise InvalidArgument("the zip", f"{path} cannot be read: {exc}") from exc
        if len(found) != 1:
            raise InvalidArgument("the zip", f"{path} was not made by make lambda-zip: {len(found)} kinds of modules")
        [(minor, machine)] = found
        return cls(content, "arm64" if machine == "aarch64" else machine, f"python3.{minor}")

    @property
    def digest(self) -> str:
        """By which it is known: the same content has the same."""
        return hashlib.sha256(self.content).hexdigest()

    def require_architecture(self, expected: str) -> None:
        """Returns if it runs on `expected`.

        Raises:
            InvalidArgument: it runs on the other architecture.
        """
        if self.architecture != expected:
            raise InvalidArgument("ARCH", f"is {expected}, and the zip was made for {self.architecture}")
