"""Models, each made of what was compiled of it."""

import sys
from collections.abc import Iterator
from collections.abc import Mapping
from copy import copy
from copy import deepcopy
from functools import cached_property
from typing import Any
from typing import Self

from .classes import ModelMetaclass
from .declared import FieldInfo
from .state import change
from .state import extra_of
from .state import fields_of
from .state import fill
from .state import require_open


class BaseModel(metaclass=ModelMetaclass):
    """What pydantic's has, but for schemas of JSON, generic models and the methods of pydantic 1."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    __pydantic_validator__: Any
    __pydantic_serializer__: Any
    __pydantic_fields_set__: set[str]
    __pydantic_extra__: dict[str, Any] | None
    __pydantic_fields__: dict[str, FieldInfo]
    __class_vars__: frozenset[str]
    model_config: dict[str, Any]

    def __init__(self, /, **fields: Any) -> None:
        self.__pydantic_validator__.validate_python(fields, self_instance=self)

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # as pydantic marks it

    def model_post_init(self, context: Any, /) -> None: ...

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None: ...

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any:
        """For pydantic itself: a package that is not ours may import it, and have a model of ours in one of its own."""
        return cls.__pydantic_core_schema__

    @property
    def model_extra(self) -> dict[str, Any] | None:
        return self.__pydantic_extra__

    @property
    def model_fields_set(self) -> set[str]:
        return self.__pydantic_fields_set__

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Any:
        return cls.__pydantic_validator__.validate_python(obj, **options)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Any:
        return cls.__pydantic_validator__.validate_json(json_data, **options)

    @classmethod
    def model_validate_strings(cls, obj: Any, **options: Any) -> Any:
        return cls.__pydantic_validator__.validate_strings(obj, **options)

    def model_dump(self, **options: Any) -> Any:
        return self.__pydantic_serializer__.to_python(self, **options)

    def model_dump_json(self, **options: Any) -> str:
        rendered: bytes = self.__pydantic_serializer__.to_json(self, **options)
        return rendered.decode()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = deepcopy(self) if deep else copy(self)
        for name, value in (update or {}).items():
            is_extra = self.model_config.get("extra") == "allow" and name not in self.__pydantic_fields__
            (extra_of(copied) if is_extra else copied.__dict__)[name] = value
            copied.__pydantic_fields_set__.add(name)
        return copied

    def __copy__(self) -> Self:
        cls = type(self)
        content, extra = self.__dict__.copy(), copy(self.__pydantic_extra__)
        return fill(cls.__new__(cls), content, extra, self.__pydantic_fields_set__.copy())

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        cls = type(self)
        memo[id(self)] = copied = cls.__new__(cls)
        content, extra = deepcopy(self.__dict__, memo), deepcopy(self.__pydantic_extra__, memo)
        return fill(copied, content, extra, self.__pydantic_fields_set__.copy())

    def __replace__(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "__dict__": self.__dict__,
            "__pydantic_extra__": self.__pydantic_extra__,
            "__pydantic_fields_set__": self.__pydantic_fields_set__,
            "__pydantic_private__": None,
        }

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        fill(self, state["__dict__"], state["__pydantic_extra__"], state["__pydantic_fields_set__"])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseModel):
            return NotImplemented
        if type(self) is not type(other) or (self.__pydantic_extra__ or {}) != (other.__pydantic_extra__ or {}):
            return False
        return self.__dict__ == other.__dict__ or fields_of(self) == fields_of(other)

    __hash__ = None  # type: ignore[assignment]  # as pydantic has it, unless a model is frozen

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        yield from [(name, value) for name, value in self.__dict__.items() if not name.startswith("_")]
        yield from (self.__pydantic_extra__ or {}).items()

    def __getattr__(self, name: str) -> Any:
        try:
            extra = object.__getattribute__(self, "__pydantic_extra__")
        except AttributeError:
            extra = None
        if extra and name in extra:
            return extra[name]
        if hasattr(type(self), name):
            return object.__getattribute__(self, name)  # which tells why it has none
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        cls = type(self)
        if name in cls.__class_vars__:
            raise AttributeError(
                f"{name!r} is a ClassVar of `{cls.__name__}` and cannot be set on an instance. "
                f"If you want to set a value on the class, use `{cls.__name__}.{name} = value`."
            )
        attribute = getattr(cls, name, None)
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        elif isinstance(attribute, cached_property):
            self.__dict__[name] = value
        else:
            require_open(self, name, value)
            change(self, name, value, attribute)

    def __delattr__(self, name: str) -> None:
        if not isinstance(getattr(type(self), name, None), cached_property):
            require_open(self, name, None)
            if self.__pydantic_extra__ and name in self.__pydantic_extra__:
                del self.__pydantic_extra__[name]
                return
        object.__delattr__(self, name)

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        for name, value in self.__dict__.items():
            field = self.__pydantic_fields__.get(name)
            if field is not None and getattr(field, "repr", True):
                yield name, value
        yield from (self.__pydantic_extra__ or {}).items()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__repr_args__())})"

    def __str__(self) -> str:
        return " ".join(f"{name}={value!r}" for name, value in self.__repr_args__())


def create_model(name: str, *, __base__: type["BaseModel"], **fields: Any) -> Any:
    """The model of that name that the calling module made when the zip was."""
    made_in = sys._getframe(1).f_globals["__name__"]
    return ModelMetaclass(name, (__base__,), {"__module__": made_in, "__qualname__": name})
