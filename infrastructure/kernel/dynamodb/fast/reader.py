"""Entities read from DynamoDB's JSON at once, by pydantic's own validators.

A field whose stored form is not known here is decoded by `codec`. An answer that has anything unusual in it is refused:
an item without a version or of another schema version, a tombstone, an attribute of another type than this release
writes.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from functools import partial
from operator import methodcaller
from typing import Any
from typing import Generic
from typing import NamedTuple

from pydantic_core import SchemaValidator
from pydantic_core import core_schema as cs

from domain.kernel.entity import E
from domain.kernel.entity import in_life
from domain.kernel.upcasting import schema_version
from infrastructure.kernel.dynamodb.codec import decode
from infrastructure.kernel.dynamodb.codec import native
from infrastructure.kernel.dynamodb.schema import GONE
from infrastructure.kernel.dynamodb.schema import LIFE
from infrastructure.kernel.dynamodb.schema import PK
from infrastructure.kernel.dynamodb.schema import VERSION
from infrastructure.kernel.dynamodb.schema import WRITE

_Fields = Callable[[Mapping[str, Any], Any], dict[str, Any]]
"""Makes fields that read attributes from plain ones; it is given the configuration of their value, too."""

_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_NUMBERS = {"int": r"^-?[0-9]+$", "float": _DECIMAL, "decimal": _DECIMAL}
_VERSION = r"^0*[1-9][0-9]*$"


class Unsupported(Exception):
    """A kind has something that is not known here, so that its answers are read the other way."""


class Batch(NamedTuple, Generic[E]):
    """The entities in an answer to BatchGetItem, and what it says of those that it leaves out."""

    entities: list[E]
    left: Mapping[str, Any]


class Reader(Generic[E]):
    """Reads answers about one kind, whose keys begin with `prefix`.

    Raises:
        Unsupported: it cannot.
    """

    def __init__(self, kind: type[E], prefix: str) -> None:
        self._entity = _Schemas(kind).entity(prefix, schema_version(kind))

    def get(self, answer: bytes) -> E | None:
        """The entity in an answer to GetItem; None if it has none. Raises anything, if something in it is unusual."""
        entity: E | None = self._one.validate_json(answer, extra="ignore").get("Item")
        return entity

    def batch(self, answer: bytes, table: str) -> Batch[E]:
        """What is in an answer to BatchGetItem. Raises as `get`."""
        read = self._many.validate_json(answer, extra="ignore")
        return Batch(read["Responses"].get(table, []), read.get("UnprocessedKeys", {}).get(table, {}))

    @cached_property
    def _one(self) -> SchemaValidator:
        return _validator(cs.typed_dict_schema({"Item": cs.typed_dict_field(self._entity, required=False)}))

    @cached_property
    def _many(self) -> SchemaValidator:
        found = cs.dict_schema(cs.str_schema(), cs.list_schema(self._entity))
        left = cs.dict_schema(cs.str_schema(), cs.dict_schema())
        members = {
            "Responses": cs.typed_dict_field(found),
            "UnprocessedKeys": cs.typed_dict_field(left, required=False),
        }
        return _validator(cs.typed_dict_schema(members))


def _validator(schema: cs.CoreSchema) -> SchemaValidator:
    return SchemaValidator(schema, _use_prebuilt=False)  # the validators of the classes read no attribute values


class _Schemas:
    """Makes the schema of a kind read attribute values in place of plain ones."""

    def __init__(self, kind: type[Any]) -> None:
        schema: Any = kind.__pydantic_core_schema__
        if any(node["type"] == "with-info" for node in _nodes(schema)):
            raise Unsupported  # a validator that looks at other fields, or asks whether it is given JSON
        self._definitions: list[Any] = schema["definitions"] if schema["type"] == "definitions" else []
        self._schema: Any = schema["schema"] if self._definitions else schema

    def entity(self, prefix: str, written_in: int) -> Any:
        """That of an item in a schema version."""
        write = _tagged("S", cs.str_schema(pattern=f"#{written_in}$" if written_in else "^[^#]*$"))

        def fields(plain: Mapping[str, Any], config: Any) -> dict[str, Any]:
            without_prefix = methodcaller("removeprefix", prefix)
            version = [cs.str_schema(pattern=_VERSION), plain[VERSION]["schema"]["schema"]]
            return {
                **self._fields(plain, config),
                "id": _field([PK, "S"], cs.no_info_before_validator_function(without_prefix, plain["id"]["schema"])),
                VERSION: _field([VERSION, "N"], cs.chain_schema(version)),
                LIFE: _field([LIFE], _or(None, _tagged("S", cs.str_schema()))),
                GONE: _field([GONE], _or(None, cs.none_schema())),  # no attribute is None
                WRITE: _field([WRITE], write if written_in else _or(None, write)),
            }

        return self._model(self._schema, fields, lambda model: cs.no_info_after_validator_function(_in_its_life, model))

    def _model(self, schema: Any, fields: _Fields, within: Callable[[Any], Any] = lambda model: model) -> Any:
        """`schema`, which is that of a value, with other `fields`; its own validators are given what `within` makes."""
        schema = self._resolved(schema)
        if schema["type"] == "function-after":
            return {**schema, "schema": self._model(schema["schema"], fields, within)}
        if schema["type"] != "model" or schema.get("post_init") or schema.get("custom_init"):
            raise Unsupported
        return within({**schema, "schema": _with_fields(schema["schema"], fields, schema.get("config"))})

    def _fields(self, plain: Mapping[str, Any], config: Any) -> dict[str, Any]:
        if any("validation_alias" in field for field in plain.values()):
            raise Unsupported
        return {name: self._attribute(name, field["schema"], config) for name, field in plain.items()}

    def _attribute(self, name: str, schema: Any, config: Any) -> Any:
        """A field, read from the attribute of its name."""
        if schema["type"] == "default":
            value = self._value(schema["schema"], config)
            if "default" not in schema:  # it is made anew each time: an item without the attribute is unusual
                return _field([name], value)
            default = SchemaValidator(self._whole(schema), config).get_default_value()
            return _field([name], _or(default.value if default else None, value))
        tag, content = self._known(schema, config)
        return _field([name], self._value(schema, config)) if tag is None else _field([name, tag], content)

    def _value(self, schema: Any, config: Any) -> Any:
        """What reads an attribute value, of any type that `schema` allows."""
        if schema["type"] == "nullable":
            return cs.union_schema([_NULL, self._value(schema["schema"], config)], mode="left_to_right")
        tag, content = self._known(schema, config)
        if tag is not None:
            return _tagged(tag, content)
        validator = SchemaValidator(self._whole(schema), config)
        return cs.no_info_plain_validator_function(partial(_decoded, validator))

    def _known(self, schema: Any, config: Any) -> tuple[str | None, Any]:
        """The one type of the attribute values that are written of what `schema` gives, and what reads their content.

        No type, if it is not known, or there are several.
        """
        match schema["type"]:
            case "str" | "datetime" | "date" | "uuid":
                return "S", schema
            case "bool":
                return "BOOL", schema
            case "int" | "float" | "decimal" as number:
                return "N", cs.chain_schema([cs.str_schema(pattern=_NUMBERS[number]), schema])
            case "enum" if all(type(member.value) is str for member in schema["members"]):
                return "S", _without_ref(schema)
            case "literal" if all(type(member) is str for member in schema["expected"]):
                return "S", schema
            case "tuple":
                members = [self._value(member, config) for member in schema["items_schema"]]
                return "L", {**_without_ref(schema), "items_schema": members}
            case "json-or-python":
                return self._known(schema["python_schema"], config)
            case "function-after":
                tag, content = self._known(schema["schema"], config)
                return tag, {**_without_ref(schema), "schema": content}
            case "model" | "definition-ref":
                with suppress(Unsupported):
                    return "M", self._model(schema, self._fields)
        return None, None

    def _resolved(self, schema: Any) -> Any:
        while schema["type"] == "definition-ref":
            schema = next(each for each in self._definitions if each["ref"] == schema["schema_ref"])
        return _without_ref(schema)

    def _whole(self, schema: Any) -> Any:
        """`schema`, by itself."""
        return cs.definitions_schema(schema, self._definitions) if self._definitions else schema


def _with_fields(schema: Any, fields: _Fields, config: Any) -> Any:
    if schema["type"] == "function-after":
        return {**schema, "schema": _with_fields(schema["schema"], fields, config)}
    if schema["type"] != "model-fields":
        raise Unsupported
    return {**schema, "fields": fields(schema["fields"], config)}


def _without_ref(schema: Any) -> Any:
    return {name: value for name, value in schema.items() if name != "ref"}


def _field(path: list[str | int], schema: Any) -> Any:
    return cs.model_field(schema, validation_alias=[path])


def _or(default: Any, schema: Any) -> Any:
    return cs.with_default_schema(schema, default=default, validate_default=False)


def _tagged(tag: str, schema: Any) -> Any:
    """What reads an attribute value of one type, and gives its content."""
    by_type = cs.typed_dict_schema({tag: cs.typed_dict_field(schema)})
    return cs.no_info_after_validator_function(methodcaller("pop", tag), by_type)


_NULL = cs.no_info_after_validator_function(lambda _: None, _tagged("NULL", cs.literal_schema([True])))


def _decoded(validator: SchemaValidator, attribute: Any) -> Any:
    return validator.validate_python(decode(native(attribute)), extra="ignore")


def _in_its_life(entity: E) -> E:
    """The entity, without what was read beside its fields."""
    fields = entity.__dict__
    del fields[GONE]
    del fields[WRITE]
    entity.__pydantic_fields_set__.difference_update((LIFE, WRITE))
    return in_life(entity, fields.pop(LIFE))


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Every part of a schema that has a type, but for what is about rendering."""
    if isinstance(part, dict):
        if isinstance(part.get("type"), str):
            yield part
        members = [value for name, value in part.items() if name not in ("metadata", "serialization")]
    else:
        members = list(part) if isinstance(part, list | tuple) else []
    for member in members:
        yield from _nodes(member)
