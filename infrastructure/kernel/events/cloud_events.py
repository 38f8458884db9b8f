"""Events as they leave the service: CloudEvents 1.0, in JSON.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Violation
from domain.kernel.events import Event
from domain.kernel.events import trace_of
from domain.kernel.upcasting import schema_version
from domain.kernel.upcasting import upcast

ATTRIBUTES: Mapping[str, str] = {
    "event_id": "id",
    "type": "type",
    "occurred_at": "time",
    "aggregate_id": "subject",
    "version": "aggregateversion",
}
"""What the fields that all events have are called in the envelope; the others are its `data`."""

TRACE = ("traceparent", "correlationid")
"""The extension attributes that name the request which wrote the event: its span, and its id. Older events have none.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md
"""


SCHEMA_VERSION = "schemaversion"
"""The attribute that says in which schema version the data is, if that is not 0."""


def cloud_event(event: Event, source: str) -> dict[str, Any]:
    """The envelope of `event`, in plain JSON values.

    `source` is the service that publishes it. Source and id together are unique in the world.
    """
    told = event.model_dump(mode="json")
    version = schema_version(type(event))
    trace = trace_of(event)
    return {
        "specversion": "1.0",
        "source": source,
        **{name: told.pop(field) for field, name in ATTRIBUTES.items()},
        **({SCHEMA_VERSION: version} if version else {}),
        "datacontenttype": "application/json",
        **({} if trace is None else dict(zip(TRACE, (trace.traceparent, trace.request_id), strict=True))),
        "data": told,
    }


def cloud_event_json(event: Event, source: str) -> str:
    """The envelope of `event`, as one line of JSON."""
    return to_json(cloud_event(event, source)).decode()


def event_of(envelope: Mapping[str, Any], types: Iterable[type[Event]]) -> Event | None:
    """The event in an envelope; None if it is none of `types`. What its type has no field for is passed over.

    Data in an older schema version is read by the upcasters of the type.

    Raises:
        InvalidArgument: it is of one of `types`, and breaks a rule of it.
    """
    kind = next((kind for kind in types if kind.__name__ == envelope.get("type")), None)
    if kind is None:
        return None
    data = envelope.get("data", {})
    if not isinstance(data, Mapping):
        raise InvalidArgument("data", "must be an object")
    told = {field: envelope[name] for field, name in ATTRIBUTES.items() if name in envelope}
    others = {field: value for field, value in data.items() if field not in ATTRIBUTES}
    version = envelope.get(SCHEMA_VERSION, 0)
    if not isinstance(version, int):
        raise InvalidArgument(SCHEMA_VERSION, "must be a whole number")
    fields = {**upcast(kind, {**others, **told}, version), **told}
    try:
        return kind.model_validate_json(to_json(fields), extra="ignore")
    except InvalidArgument as exc:
        raise InvalidArgument.of(
            Violation(ATTRIBUTES.get(field, f"data.{field}"), rule) for field, rule in exc.violations
        ) from exc
