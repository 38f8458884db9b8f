"""What a change of the API breaks for its callers, one of the events for their consumers, one of aggregates for what is stored."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from deploy.kernel.schemas import Change
from deploy.kernel.schemas import Comparison
from deploy.kernel.schemas import Json

Operation = tuple[str, str]
"""A method and a path, in which no parameter has a name: callers do not see how it is called."""

A_TOKEN = "a token"  # noqa: S105  # it is no password, but the word for one in a message


class Stored(NamedTuple):
    """How an aggregate is stored: its schema version, and the JSON Schema of what can be read as one."""

    version: int
    schema: Json


def broken_calls(old: Json, new: Json) -> Iterator[str]:
    """A line for each difference of two OpenAPI documents that breaks a caller who is content with the old one."""
    after = operations(new)
    for key, (path, operation) in operations(old).items():
        called = f"{key[0]} {path}"
        if key not in after:
            yield f"{called}: was removed"
            continue
        _, changed = after[key]
        yield from (
            f"{called}: {change}" for change in _broken_access(security(operation, old), security(changed, new))
        )
        for changes in (_broken_parameters, _broken_body, _broken_answers):
            yield from (f"{called}: {change}" for change in changes(operation, changed, old, new))


def broken_events(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    """A line for each difference of the schemas of events, by their types, that breaks a consumer."""
    for kind, schema in old.items():
        if kind not in new:
            yield f"{kind}: was removed"
            continue
        changes = Comparison(schema, new[kind], takes=False).breaks(schema, new[kind])
        yield from (told(kind, change) for change in changes)


def broken_entities(old: Mapping[str, Stored], new: Mapping[str, Stored]) -> Iterator[str]:
    """A line for each difference of the aggregates, by their classes, by which older items may not be read any more.

    An aggregate that has another schema version is not compared: an upcaster reads what is older.
    """
    for kind, before in old.items():
        after = new.get(kind)
        if after is not None and after.version == before.version:
            comparison = Comparison(before.schema, after.schema, takes=True, ignores_unknown=True)
            yield from (told(kind, change) for change in comparison.breaks(before.schema, after.schema))


def operations(document: Json) -> dict[Operation, tuple[str, Json]]:
    """The operations of a document, each with its path."""
    return {
        (method.upper(), re.sub(r"\{[^}]*\}", "{}", path)): (path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def security(operation: Json, document: Json) -> list[frozenset[str]]:
    """The scopes that it asks for, in each way to be let in. An empty set is a way without a token."""
    ways = operation.get("security", document.get("security", [])) or [{}]
    return [frozenset(A_TOKEN for _ in way) | {scope for scopes in way.values() for scope in scopes} for way in ways]


def told(where: str, change: Change) -> str:
    """A change of a value as a message says it."""
    path, what = change
    return f"{where}, field {path}: {what}" if path else f"{where}: {what}"


def _broken_access(old: list[frozenset[str]], new: list[frozenset[str]]) -> Iterator[str]:
    for way in old:
        if not any(needed <= way for needed in new):
            needed = min((one - way for one in new), key=lambda missing: (len(missing), sorted(missing)))
            yield f"needs {' and '.join(sorted(needed))} now"


def _broken_parameters(old: Json, new: Json, old_document: Json, new_document: Json) -> Iterator[str]:
    before, after = parameters(old), parameters(new)
    comparison = Comparison(old_document, new_document, takes=True)
    for key, parameter in before.items():
        if key not in after:
            yield f"{key}: was removed"
        else:
            changes = comparison.breaks(parameter.get("schema", {}), after[key].get("schema", {}))
            yield from (told(key, change) for change in changes)
    for key, parameter in after.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{key}: is required now"


def parameters(operation: Json) -> dict[str, Json]:
    """The parameters of an operation: those of the path by their place, all others by their names."""
    listed = operation.get("parameters", [])
    in_path = [parameter for parameter in listed if parameter["in"] == "path"]
    others = {f"{each['in']} parameter {each['name']}": each for each in listed if each["in"] != "path"}
    return {**{f"path parameter {place}": each for place, each in enumerate(in_path, 1)}, **others}


def _broken_body(old: Json, new: Json, old_document: Json, new_document: Json) -> Iterator[str]:
    before, after = old.get("requestBody"), new.get("requestBody")
    if after is None:
        if before is not None:
            yield "request: was removed"
        return
    if after.get("required") and not (before or {}).get("required"):
        yield "request: is required now"
    comparison = Comparison(old_document, new_document, takes=True)
    yield from _broken_content("request", before or {}, after, comparison)


def _broken_answers(old: Json, new: Json, old_document: Json, new_document: Json) -> Iterator[str]:
    comparison = Comparison(old_document, new_document, takes=False)
    for status, answer in old["responses"].items():
        where = f"answer {status}"
        if status not in new["responses"]:
            if status.startswith("2"):
                yield f"{where}: was removed"
            continue
        yield from (
            f"{where}, header {name}: was removed" for name in lost("headers", answer, new["responses"][status])
        )
        yield from _broken_content(where, answer, new["responses"][status], comparison)


def _broken_content(where: str, old: Json, new: Json, comparison: Comparison) -> Iterator[str]:
    yield from (f"{where} as {media}: was removed" for media in lost("content", old, new))
    for media, content in old.get("content", {}).items():
        changed: Any = new.get("content", {}).get(media)
        if changed is not None:
            changes = comparison.breaks(content.get("schema", {}), changed.get("schema", {}))
            yield from (told(where, change) for change in changes)


def lost(key: str, old: Json, new: Json) -> list[str]:
    """The names under `key` that are not there any more."""
    return [name for name in old.get(key, {}) if name not in new.get(key, {})]
