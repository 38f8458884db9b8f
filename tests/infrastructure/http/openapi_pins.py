"""The OpenAPI document as it was last agreed on, a file per tag: `make openapi` writes them, a test compares."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infrastructure.http.app import create_app
from tests.builders.containers import an_in_memory_container

Json = dict[str, Any]

DIRECTORY = Path(__file__).with_name("openapi")
SERVICE = "service"
SHARED = "Problem"
REF = "#/components/schemas/"


def main() -> None:
    """Pins the document of today."""
    DIRECTORY.mkdir(exist_ok=True)
    pins = by_tag(document())
    for name, part in pins.items():
        text = json.dumps(part, indent=2, ensure_ascii=False, sort_keys=True)
        (DIRECTORY / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    for stale in set(pinned()) - set(pins):
        (DIRECTORY / f"{stale}.json").unlink()


def document() -> Json:
    """The document that the service serves today."""
    return create_app(an_in_memory_container()).openapi()


def pinned() -> dict[str, Json]:
    """The parts that are pinned."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in DIRECTORY.glob("*.json")}


def by_tag(document: Json) -> dict[str, Json]:
    """`document` in parts: the operations of each tag with the schemas they reach, and what belongs to no tag."""
    schemas = document["components"]["schemas"]
    info = {key: value for key, value in document["info"].items() if key != "version"}
    parts: dict[str, Json] = {
        SERVICE: {"openapi": document["openapi"], "info": info, "schemas": {SHARED: schemas[SHARED]}}
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            part = parts.setdefault(operation["tags"][0], {"paths": {}, "schemas": {}})
            part["paths"].setdefault(path, {})[method] = operation
            part["schemas"] |= {name: schemas[name] for name in sorted(_reached(operation, schemas))}
    return parts


def references(part: Any) -> Iterator[str]:
    """What is referred to anywhere in `part`."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for member in part.values():
            yield from references(member)
    elif isinstance(part, list):
        for member in part:
            yield from references(member)


def _reached(part: Any, schemas: Json) -> set[str]:
    reached: set[str] = set()
    waiting = [part]
    while waiting:
        found = {reference.removeprefix(REF) for reference in references(waiting.pop())} - reached - {SHARED}
        reached |= found
        waiting += [schemas[name] for name in found]
    return reached


if __name__ == "__main__":
    main()
