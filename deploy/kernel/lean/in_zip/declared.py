"""What stands in our sources to tell pydantic something. It was told when the zip was made."""

from collections.abc import Callable
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated
from typing import Any

from pydantic_core import PydanticUndefined

from .reading import NAMED
from .reading import read

ConfigDict = dict
GetCoreSchemaHandler = Any
ValidationInfo = Any


class FieldInfo:
    """What is known of a field, by the names that pydantic has for it."""

    def __init__(self, told: Mapping[str, Any], metadata: bytes) -> None:
        self.__dict__.update(told)
        self._metadata = metadata

    annotation: Any
    default: Any
    default_factory: Any

    @cached_property
    def metadata(self) -> list[Any]:
        """The rules of the field. Few ask for them, and they need a library more."""
        rules: list[Any] = read(self._metadata)
        return rules

    def is_required(self) -> bool:
        return self.default is PydanticUndefined and self.default_factory is None

    def rebuild_annotation(self) -> Any:
        return Annotated[self.annotation, *self.metadata] if self.metadata else self.annotation


class Told:
    """What stands in an annotation, such as a validator: it is in the schemas already."""

    def __init__(self, name: str, said: Mapping[str, Any]) -> None:
        self.__dict__.update(said)
        self._name = name


def _telling(name: str) -> Callable[..., Any]:
    return lambda func: Told(name, {"func": func})


AfterValidator = _telling("AfterValidator")
BeforeValidator = _telling("BeforeValidator")
WrapValidator = _telling("WrapValidator")


def Field(*default: Any, **said: Any) -> Any:  # noqa: N802  # as pydantic calls it
    """What stands beside a field, or in its annotation."""
    return Told("Field", {"default": default, **said})


def _as_it_is(*given: Any, **options: Any) -> Any:
    """A decorator, with arguments or without, which leaves the function as it is."""
    is_bare = bool(given) and not isinstance(given[0], str)
    return given[0] if is_bare else lambda function: function


field_serializer = field_validator = model_serializer = model_validator = _as_it_is


NAMED["field"] = FieldInfo
NAMED["told"] = Told
