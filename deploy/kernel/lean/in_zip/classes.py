"""Makes classes of models of what was compiled of them."""

from abc import ABCMeta
from collections.abc import Callable
from collections.abc import Mapping
from importlib import import_module
from operator import itemgetter
from typing import Any

from pydantic_core import SchemaSerializer
from pydantic_core import SchemaValidator

from .declared import FieldInfo
from .reading import NAMED
from .reading import found
from .reading import read

_models: dict[str, Any] = {}
_schemas: dict[Any, bytes] = {}
"""What was compiled of each class of a model."""
_values: dict[Any, Callable[[Any], Any]] = {}
"""What takes the values of all fields, of each class, for its hash."""


class _Lazily:
    """A class attribute that is made of the schema of the class, when it is first asked for."""

    def __init__(self, name: str, make: Callable[[Any, Any], Any]) -> None:
        self._name = name
        self._make = make

    def __get__(self, instance: object, kind: "ModelMetaclass") -> Any:
        made = self._make(*read(_schemas[kind]))
        setattr(kind, self._name, made)
        return made


def _schema(schema: Any, config: Any) -> Any:
    return schema


class ModelMetaclass(ABCMeta):
    """Makes a class of what was compiled of it."""

    model_config: dict[str, Any]
    __pydantic_fields__: dict[str, FieldInfo]

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        if not bases:
            return super().__new__(mcs, name, bases, namespace)
        key = f"{namespace.get('__module__')}:{namespace.get('__qualname__', name)}"
        names, class_vars, fields, compiled = found("models", key)
        for made_of in (*names, "__get_pydantic_core_schema__"):
            namespace.pop(made_of, None)
        config: dict[str, Any] = {}
        for base in bases:
            config |= getattr(base, "model_config", {})
        config |= namespace.get("model_config", {})
        namespace |= {"model_config": config, "__class_vars__": class_vars}
        cls: Any = super().__new__(mcs, name, bases, namespace, **options)
        for attribute, make in _MADE_OF_SCHEMA.items():
            setattr(cls, attribute, _Lazily(attribute, make))
        _models[key], _schemas[cls] = cls, compiled
        cls.model_fields = cls.__pydantic_fields__ = dict(zip(names, read(fields), strict=True))
        if config.get("frozen") and "__hash__" not in namespace and cls.__hash__ in (None, object.__hash__, _hash):
            cls.__hash__ = _hash
        _values[cls] = itemgetter(*names) if names else len
        super(cls, cls).__pydantic_init_subclass__(**options)  # type: ignore[misc]  # BaseModel has it
        return cls

    def __getattr__(cls, name: str) -> Any:
        raise AttributeError(name)

    __instancecheck__ = type.__instancecheck__  # as pydantic has it: without registered subclasses, and faster
    __subclasscheck__ = type.__subclasscheck__


_MADE_OF_SCHEMA: Mapping[str, Callable[[Any, Any], Any]] = {
    "__pydantic_core_schema__": _schema,
    "__pydantic_validator__": SchemaValidator,
    "__pydantic_serializer__": SchemaSerializer,
}


def _hash(self: Any) -> int:
    return hash(_values[type(self)](self.__dict__))


def schema_of(kind: Any) -> Any:
    """The schema of a model, with its configuration."""
    return read(_schemas[kind])


def _model(name: str) -> Any:
    if name not in _models:
        import_module(name.partition(":")[0])
    return _models[name]


NAMED["model"] = _model
