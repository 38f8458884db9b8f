"""The base of all data in the domain: frozen, closed, and storable by every adapter."""

from math import inf
from typing import Any
from typing import ClassVar
from typing import Self

from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import GetCoreSchemaHandler
from pydantic import ValidationError
from pydantic_core import CoreSchema

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Violation
from domain.kernel.nesting import MAX_NESTING
from domain.kernel.nesting import SAID_OF_DEPTH
from domain.kernel.nesting import TOO_DEEP
from domain.kernel.nesting import keep_shallow
from domain.kernel.nesting import nesting
from domain.kernel.normal_forms import keep_normal_forms
from domain.kernel.storable import require_storable

MAX_VIOLATIONS = 100
"""How many broken rules one error names; a hostile input can break any number."""
_MAX_LISTED = 10_000
"""Above so many no rule is named: pydantic can list all of them or none."""


class Value(BaseModel):
    """Data that never changes, takes no unknown field, and can be stored.

    A field holds `str`, `int`, `float`, `bool`, `Decimal`, `datetime`, `date`, `UUID`, `bytes`, `None`, an `Enum`, a
    `Literal` or another `Value`; or a `tuple`, `frozenset` or union of these. Any other type, a list or dict above
    all, is a `TypeError` when the class is made; so is a union whose members look alike in a store, such as
    `str | date`, or two values without a `Literal` field that differs.

    Equal values are rendered alike, since each is kept in one normal form. Datetimes must carry a zone and are
    converted to UTC. Decimals lose zeros at their end (`1.50` becomes `1.5`), unless their field has `decimal_places`:
    then they have exactly so many, as `Money` has two. Sets are rendered in order. Numbers are finite, have at most 38
    significant digits, and are 0 or between 1E-100 and 1E+100, whatever their sign. Texts have no lone surrogates.

    In JSON, decimals and bytes are texts. In a union with `str`, such as `Decimal | str`, a text that can be the other
    type is read from JSON as that. Stores keep them apart; put a value with a `Literal` field into the union instead.

    A field has at most 25 tuples, sets and values inside one another. A type that is deeper by itself is a `TypeError`
    when the class is made. A type that may be any depth, such as a value with parts of its own kind, is checked when a
    value is made.

    Raises:
        InvalidArgument: on construction and on `evolve`; names every field that breaks a rule, up to 100, or none
            if there are more than 10,000.
    """

    # str_min_length changes no rule, but makes pydantic look into every text and so refuse lone surrogates.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        str_min_length=0,
        validate_default=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
        revalidate_instances="subclass-instances",
    )

    _deepest: ClassVar[float] = 0
    """How many tuples, sets and values its deepest field has inside one another, at most."""

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as exc:
            raise _translated(exc) from exc

    # Without this mark pydantic calls __init__ for every nested value too: slower, and errors lose their path.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # functions take attributes; mypy does not know

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        try:
            return super().model_validate(obj, **options)
        except ValidationError as exc:
            raise _translated(exc) from exc

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as exc:
            raise _translated(exc) from exc

    def evolve(self, **changes: Any) -> Self:
        """This value with `changes`, validated as if it were new."""
        return self.model_validate({**self.__dict__, **changes})

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            hidden_by = next((base for base in cls.__mro__[1:] if name in base.__dict__), None)
            if hidden_by is not None:
                raise TypeError(
                    f"{cls.__name__}.{name}: {hidden_by.__name__} has a method or property of this name, which would "
                    "hide the field; call the field otherwise, or write a property of this name that returns it"
                )
            require_storable(f"{cls.__name__}.{name}", field.annotation, Value)
        nestings = cls._nestings()
        for name, levels in nestings.items():
            if MAX_NESTING < levels < inf:
                raise TypeError(f"{cls.__name__}.{name}: {TOO_DEEP}, not {levels}")
        cls._deepest = max(nestings.values(), default=0)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler, /) -> CoreSchema:
        schema = handler(source)
        own = handler.resolve_ref_schema(schema)
        keep_normal_forms(own)
        keep_shallow(own, [name for name, levels in cls._nestings().items() if levels == inf])
        return schema

    @classmethod
    def _nestings(cls) -> dict[str, float]:
        """How many tuples, sets and values each field has inside one another, at most.

        Infinitely many, if a value may be inside another one of its own kind.
        """

        def inside(type: type) -> float | None:
            if not issubclass(type, Value):
                return None
            return inf if type is cls else type._deepest

        return {name: nesting(field.annotation, inside) for name, field in cls.__pydantic_fields__.items()}


def _translated(error: ValidationError) -> InvalidArgument:
    """pydantic's findings as ours."""
    if error.error_count() > _MAX_LISTED:
        return InvalidArgument(error.title, f"breaks {error.error_count()} rules, too many to name them")
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return InvalidArgument.of(
        Violation(str(problem["loc"][0]), TOO_DEEP)
        if problem["type"] in SAID_OF_DEPTH
        else Violation(".".join(map(str, problem["loc"])) if problem["loc"] else error.title, problem["msg"])
        for problem in found[:MAX_VIOLATIONS]
    )
