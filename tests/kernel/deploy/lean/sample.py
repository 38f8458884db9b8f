"""Models that have what pydantic has, under hostile names."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Annotated
from typing import Any
from typing import ClassVar
from typing import Literal
from typing import Self

from pydantic import AfterValidator
from pydantic import BaseModel
from pydantic import BeforeValidator
from pydantic import ConfigDict
from pydantic import Field
from pydantic import ValidationInfo
from pydantic import WrapValidator
from pydantic import field_serializer
from pydantic import field_validator
from pydantic import model_serializer
from pydantic import model_validator


class Colour(Enum):
    RED = 1
    GREEN = "g"


def _doubled(number: int) -> int:
    return number * 2


def _shouted(given: Any) -> Any:
    return given.upper() if isinstance(given, str) else given


def _kept(given: Any, validate: Callable[[Any], Any]) -> Any:
    return validate(given)


class Named(BaseModel):
    """Fields that are called like parts of a schema."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str] = "named"
    metadata: int = 1
    ref: str = "r"
    schema_ref: tuple[int, ...] = ()
    default: dict[str, Any] = Field(default={"type": "x", "metadata": 1}, description="A mapping.")
    fields: list["Named"] = Field(default_factory=list)
    type: Literal["a", "b"] = "a"


class Rich(BaseModel):
    """Validators, serializers and rules of every kind."""

    model_config = ConfigDict(validate_assignment=True)

    number: Annotated[int, AfterValidator(_doubled)] = Field(ge=0, le=10, examples=[1])
    text: Annotated[str, BeforeValidator(_shouted)] = Field(default="", max_length=5, pattern="^[A-Z]*$")
    anything: Any = None
    wrapped: Annotated[int, WrapValidator(_kept)] | None = None
    amount: Decimal = Field(default=Decimal("1.50"), max_digits=4, decimal_places=2)
    moment: datetime = datetime(2026, 1, 31, tzinfo=UTC)
    colour: Colour = Colour.RED
    named: Named | None = None
    aliased: int = Field(default=0, alias="theAlias")
    hidden: str = Field(default="h", repr=False, exclude=True)
    fixed: int = Field(default=1, frozen=True)

    @field_validator("text")
    @classmethod
    def _not_bad(cls, text: str, info: ValidationInfo) -> str:
        if text == "BAD":
            raise ValueError(f"is bad, after {sorted(info.data)}")
        return text

    @field_serializer("moment")
    def _year(self, moment: datetime) -> int:
        return moment.year

    @model_validator(mode="before")
    @classmethod
    def _of_a_number(cls, given: Any) -> Any:
        return {"number": given} if isinstance(given, int) else given

    @model_validator(mode="after")
    def _not_four(self) -> Self:
        if self.number == 4:
            raise ValueError("must not be 2")
        return self

    @cached_property
    def half(self) -> float:
        return self.number / 2

    @property
    def twice(self) -> int:
        return self.number * 2


class Open(BaseModel):
    """One that takes more than its fields."""

    model_config = ConfigDict(extra="allow")

    one: int = 1

    @property
    def two(self) -> int:
        return self.one * 2

    @two.setter
    def two(self, value: int) -> None:
        self.one = value // 2


class Counted(Open):
    """One that is told when it was made, and renders itself."""

    made: ClassVar[list[str]] = []

    def model_post_init(self, context: Any) -> None:
        self.made.append(f"{type(self).__name__} {context}")

    @model_serializer
    def _as_text(self) -> str:
        return f"{self.one} of {self.made}"


class Shape(BaseModel, ABC):
    """One that cannot be made."""

    __slots__ = ("_mark",)

    @abstractmethod
    def area(self) -> int: ...


class Square(Shape):
    side: int

    def area(self) -> int:
        return self.side**2
