"""Older schema versions of what is stored, and how this release reads them."""

from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from typing import ClassVar

from domain.kernel.errors import InvalidArgument
from domain.kernel.value import Value

Upcaster = Callable[[dict[str, Any]], Mapping[str, Any]]
"""Makes the fields of one schema version out of those of the version before. The dict is its own, to change and return.

It is given plain values: a number is an `int` or a `Decimal`, a date is a text, a value is a dict, and a tuple or a set
is a list. Out of JSON a decimal is a text, too. So convert what you compute with: `Decimal(stored["price"])`.
"""
Upcasters = Mapping[int, Upcaster]
"""Each by the schema version that it reads. The first schema version is 0."""


class Upcastable(Value):
    """Data whose fields change from release to release, while older forms of it are stored.

    `upcasters` has a function for each older schema version that this release reads, beside the fields:

        def _title(stored: dict[str, Any]) -> dict[str, Any]:
            return {**stored, "title": stored["name"]}

        class Book(Entity):
            title: Name

            upcasters: ClassVar[Upcasters] = {0: _title}

    This release writes the version after the last of them. Each is given what the one before it returned. Fields that
    this release does not know are ignored, so an upcaster may leave them where they are.

    An upcaster computes a field from older ones even if it is there already: an older release that was still running may
    have saved the older ones beside it. A field that no older one tells keeps its value, if it has one: `{"size": 1,
    **stored}`. Delete an upcaster when nothing of its version is stored any more, but never the last one, by which
    versions are counted.

    Raises:
        TypeError: when a subclass is made whose upcasters are not numbered without a gap.
    """

    upcasters: ClassVar[Upcasters] = MappingProxyType({})

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        numbers = sorted(cls.upcasters)
        if numbers and (numbers[0] < 0 or numbers != list(range(numbers[0], numbers[-1] + 1))):
            raise TypeError(f"{cls.__name__}.upcasters: must be numbered from 0 or more without a gap, not {numbers}")


def schema_version(kind: type[Upcastable]) -> int:
    """The schema version of `kind` that this release writes."""
    return max(kind.upcasters, default=-1) + 1


def upcast(kind: type[Upcastable], stored: dict[str, Any], version: int) -> dict[str, Any]:
    """The fields of `kind` in the schema version of this release, out of those that were stored in `version`.

    Those of a newer version are left as they are: whoever writes it keeps the fields that this release needs.

    Raises:
        InvalidArgument: no upcaster reads that version, or one raises an error; names the version.
    """
    for older in range(version, schema_version(kind)):
        named = f"schema version {older}"
        if older not in kind.upcasters:
            raise InvalidArgument(named, f"is not read any more by this release, which has no upcaster of {older}")
        try:
            stored = dict(kind.upcasters[older](stored))
        except Exception as exc:  # it is the owner's, and may raise anything, with data in its message
            raise InvalidArgument(named, f"its upcaster raises {type(exc).__name__}") from exc
    return stored
