"""What an instance of a model holds, and how it may be changed. No methods, whose names a service may want."""

from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from pydantic_core import ValidationError

if TYPE_CHECKING:
    from .models import BaseModel

_set = object.__setattr__

M = TypeVar("M", bound="BaseModel")


def fill(model: M, content: dict[str, Any], extra: dict[str, Any] | None, fields_set: set[str]) -> M:
    _set(model, "__dict__", content)
    _set(model, "__pydantic_extra__", extra)
    _set(model, "__pydantic_fields_set__", fields_set)
    _set(model, "__pydantic_private__", None)
    return model


def fields_of(model: "BaseModel") -> dict[str, Any]:
    """The fields, without what a `cached_property` has put beside them."""
    return {name: value for name, value in model.__dict__.items() if name in model.__pydantic_fields__}


def extra_of(model: "BaseModel") -> Any:
    if model.__pydantic_extra__ is None:
        _set(model, "__pydantic_extra__", {})
    return model.__pydantic_extra__


def require_open(model: "BaseModel", name: str, value: Any) -> None:
    if model.model_config.get("frozen"):
        frozen = "frozen_instance"
    elif getattr(model.__pydantic_fields__.get(name), "frozen", False):
        frozen = "frozen_field"
    else:
        return
    raise ValidationError.from_exception_data(type(model).__name__, [{"type": frozen, "loc": (name,), "input": value}])


def change(model: "BaseModel", name: str, value: Any, attribute: Any) -> None:
    if isinstance(attribute, property):
        attribute.__set__(model, value)
    elif model.model_config.get("validate_assignment"):
        model.__pydantic_validator__.validate_assignment(model, name, value)
    elif name in model.__pydantic_fields__:
        model.__dict__[name] = value
        model.__pydantic_fields_set__.add(name)
    elif model.model_config.get("extra") == "allow":
        extra_of(model)[name] = value
        model.__pydantic_fields_set__.add(name)
    else:
        raise ValueError(f'"{type(model).__name__}" object has no field "{name}"')
