"""The catalogue of events: a JSON Schema of the envelope of each, for those who consume them."""

from typing import Any

from domain.kernel.events import Event
from domain.kernel.upcasting import schema_version
from infrastructure.kernel.events.cloud_events import ATTRIBUTES
from infrastructure.kernel.events.cloud_events import SCHEMA_VERSION
from infrastructure.kernel.events.cloud_events import TRACE

Json = dict[str, Any]


def event_schema(kind: type[Event], source: str) -> Json:
    """The schema of the envelopes of `kind` that the service `source` publishes. It leaves room for what later releases add."""
    schema = _open(kind.model_json_schema(mode="serialization"))
    told, required = schema["properties"], set(schema["required"])
    envelope = {ATTRIBUTES[field]: told.pop(field) for field in list(told) if field in ATTRIBUTES}
    envelope["type"] = {"const": kind.__name__}
    if schema_version(kind):
        envelope[SCHEMA_VERSION] = {"type": "integer", "description": "In which schema version the data is."}
    constants = {"specversion": "1.0", "source": source, "datacontenttype": "application/json"}
    data: Json = {"type": "object", "properties": told, "required": sorted(required & set(told))}
    properties = {**{name: {"const": value} for name, value in constants.items()}, **envelope, "data": data}
    optional: Json = {name: {"type": "string"} for name in TRACE}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.__name__,
        "description": schema.get("description", ""),
        "type": "object",
        "properties": {**properties, **optional},
        "required": sorted(properties),
        **({"$defs": schema["$defs"]} if "$defs" in schema else {}),
    }


def _open(schema: Any) -> Any:
    """`schema` without what forbids further fields."""
    if isinstance(schema, dict):
        return {name: _open(member) for name, member in schema.items() if name != "additionalProperties"}
    if isinstance(schema, list):
        return [_open(member) for member in schema]
    return schema
