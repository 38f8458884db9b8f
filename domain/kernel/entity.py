"""What every aggregate is."""

from copy import copy
from datetime import datetime
from typing import Self
from typing import TypeVar

from pydantic import Field

from domain.kernel.text import Id
from domain.kernel.text import fold
from domain.kernel.value import Value

MAX_SORT_TEXT = 200


class Entity(Value):
    """Something with an identity: equal ids are the same thing, whatever else differs.

    Behaviour returns a new entity (see `evolve`) and never touches `version`; repositories do.
    """

    id: Id
    version: int = Field(default=0, ge=0, description="How many times it has been stored; 0 means never.")

    @property
    def listed_as(self) -> str:
        """The text it is listed and searched by. Entities without one are listed by id."""
        return ""

    @property
    def sort_key(self) -> str:
        """Where it stands in a listing, on every adapter: its folded text, NUL, its id.

        The first 200 characters of the folded text count. NUL is below every character that a name may have, so that
        a name stands before all names it is a prefix of.
        """
        return f"{fold(self.listed_as)[:MAX_SORT_TEXT]}\0{self.id}"

    @property
    def expires_at(self) -> datetime | None:
        """From when on the store may remove it by itself, at any time or never; None keeps it for good."""
        return None

    def at_version(self, version: int) -> Self:
        """This entity as it is stored at `version`. For repositories; nothing else changes or is validated again."""
        stored = copy(self)
        stored.__dict__["version"] = version  # what model_copy(update=...) does, at half its price
        return stored


E = TypeVar("E", bound=Entity)
