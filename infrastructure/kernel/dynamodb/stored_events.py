"""Events as an item has them."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from domain.kernel.events import Event
from domain.kernel.upcasting import schema_version
from domain.kernel.upcasting import upcast
from infrastructure.kernel.dynamodb.codec import joined
from infrastructure.kernel.dynamodb.schema import SCHEMA
from infrastructure.kernel.dynamodb.speed import to_json


def events_json(events: Sequence[Event]) -> str:
    """What stores `events`, as JSON."""
    return f'{{"L":[{",".join(map(_json, events))}]}}'


def _json(event: Event) -> str:
    version = schema_version(type(event))
    if not version:
        return to_json(event)
    fields = {name: to_json(getattr(event, name)) for name in type(event).model_fields}
    return joined({"M": joined({**fields, SCHEMA: to_json(version)})})


def stored_event(kind: type[Event], told: Mapping[str, Any]) -> Event:
    """The event that was stored of `kind`, decoded already. In a newer schema version it may have no unknown field.

    Raises:
        InvalidArgument: it breaks a rule of this release. A validator of the owner's may raise anything else.
    """
    fields = dict(told)
    written_in = fields.pop(SCHEMA, 0)
    if not (isinstance(written_in, int) and written_in < schema_version(kind)):
        return kind.model_validate(fields)
    return kind.model_validate(upcast(kind, fields, written_in), extra="ignore")
