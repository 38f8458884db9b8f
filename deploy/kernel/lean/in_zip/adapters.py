"""Types that are validated and rendered, and were known when the zip was made."""

from functools import cached_property
from typing import Any
from typing import Self

from pydantic_core import SchemaSerializer
from pydantic_core import SchemaValidator

from .classes import ModelMetaclass
from .classes import schema_of
from .reading import found
from .reading import read


class TypeAdapter:
    """Validates and renders a type that was known when the zip was made."""

    def __init__(self, type: Any) -> None:
        self._type = type

    def __class_getitem__(cls, type: Any) -> type[Self]:
        return cls

    @cached_property
    def _schema(self) -> Any:
        if isinstance(self._type, ModelMetaclass):
            return schema_of(self._type)
        return read(found("types", repr(self._type)))

    @cached_property
    def core_schema(self) -> Any:
        return self._schema[0]

    @cached_property
    def validator(self) -> Any:
        return SchemaValidator(*self._schema)

    @cached_property
    def serializer(self) -> Any:
        return SchemaSerializer(*self._schema)

    def validate_python(self, value: Any, **options: Any) -> Any:
        return self.validator.validate_python(value, **options)

    def validate_json(self, json_data: str | bytes | bytearray, **options: Any) -> Any:
        return self.validator.validate_json(json_data, **options)

    def dump_python(self, value: Any, **options: Any) -> Any:
        return self.serializer.to_python(value, **options)

    def dump_json(self, value: Any, **options: Any) -> Any:
        return self.serializer.to_json(value, **options)
