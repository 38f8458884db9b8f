"""The schemas of events as they were last agreed on, a file per type: `make schemas` writes them."""

import json
from pathlib import Path
from typing import Any

import infrastructure.container  # noqa: F401  # imports every module that has events
from domain.events import event_types

Json = dict[str, Any]

DIRECTORY = Path(__file__).with_name("schemas")

KINDS = {name: kind for name, kind in sorted(event_types().items()) if kind.__module__.startswith("domain.")}
"""The types of the service; those of the tests are nobody's business."""


def pinned() -> dict[str, Json]:
    """The schemas that are pinned."""
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in DIRECTORY.glob("*.json")}
