"""The requests that the use cases of every aggregate share."""

from typing import Annotated
from typing import Self

from pydantic import Field
from pydantic import model_validator

from domain.kernel.entity import MAX_VERSION
from domain.kernel.entity import Entity
from domain.kernel.errors import Conflict
from domain.kernel.errors import InvalidArgument
from domain.kernel.listing import Query
from domain.kernel.repository import MAX_ASKED
from domain.kernel.repository import MAX_CURSOR
from domain.kernel.repository import MAX_PAGE
from domain.kernel.repository import Everything
from domain.kernel.repository import NameContains
from domain.kernel.repository import NamePrefix
from domain.kernel.text import Id
from domain.kernel.value import Value

MAX_LOOKUP = 1000

_Asked = Annotated[str, Field(max_length=MAX_ASKED)]
_Cursor = Annotated[str, Field(json_schema_extra={"maxLength": MAX_CURSOR})]  # a longer one is an InvalidCursor


class GetRequest(Value):
    """Which one to get."""

    id: Id


class LookUpRequest(Value):
    """Which ones to get."""

    ids: tuple[Id, ...] = Field(max_length=MAX_LOOKUP)


class PageRequest(Value):
    """How many to list at a time, and from where on. A request of a listing adds the fields that it is by."""

    limit: int = Field(default=50, ge=1, le=MAX_PAGE, description="How many at most; there may be fewer, and yet more.")
    cursor: _Cursor | None = Field(default=None, description="The `next_cursor` of the page before.")


class ListRequest(PageRequest):
    """Which ones to list, by name, and how many at a time."""

    prefix: _Asked | None = Field(default=None, description="What the name begins with, ignoring case and accents.")
    contains: _Asked | None = Field(default=None, description="What the name contains, ignoring case and accents.")

    @model_validator(mode="after")
    def _asks_one_question(self) -> Self:
        if self.prefix is not None and self.contains is not None:
            raise InvalidArgument("contains", "must not be given together with prefix")
        return self

    @property
    def query(self) -> Query:
        """What it asks for.

        Raises:
            InvalidArgument: nothing is left of the text when it is folded.
        """
        try:
            if self.prefix is not None:
                return NamePrefix(self.prefix)
            if self.contains is not None:
                return NameContains(self.contains)
        except InvalidArgument as exc:
            [(_, rule)] = exc.violations
            raise InvalidArgument("contains" if self.prefix is None else "prefix", rule) from exc
        return Everything()


class ChangeRequest(Value):
    """Which one to change, and, if it matters, at which version."""

    id: Id
    expected_version: int | None = Field(default=None, ge=1, le=MAX_VERSION)

    def require_version(self, entity: Entity) -> None:
        """Passes if `entity` is at the expected version, or none is expected.

        Raises:
            Conflict: it is at another version.
        """
        if self.expected_version not in (None, entity.version):
            raise Conflict(type(entity).__name__, entity.id, expected=self.expected_version, found=entity.version)
