"""The schemas of events as they were last agreed on, a file per type: `make schemas` writes them, a test compares."""

import json
from pathlib import Path
from typing import Any

import infrastructure.container  # noqa: F401  # imports every module that has events
from domain.events import event_types
from infrastructure.events.schemas import event_schema

Json = dict[str, Any]

DIRECTORY = Path(__file__).with_name("schemas")

KINDS = {name: kind for name, kind in sorted(event_types().items()) if kind.__module__.startswith("domain.")}
"""The types of the service; those of the tests are nobody's business."""


def main() -> None:
    """Pins the schemas of today."""
    DIRECTORY.mkdir(exist_ok=True)
    for name, kind in KINDS.items():
        text = json.dumps(event_schema(kind), indent=2, ensure_ascii=False, sort_keys=True)
        (DIRECTORY / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    for stale in set(pinned()) - set(KINDS):
        (DIRECTORY / f"{stale}.json").unlink()


def pinned() -> dict[str, Json]:
    """The schemas that are pinned."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in DIRECTORY.glob("*.json")}


if __name__ == "__main__":
    main()
