"""The faster ways, where they are there. Without the folder `fast`, all takes the slower ones, with the same results."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from infrastructure.kernel.dynamodb import codec

to_json: Callable[[Any], str] = codec.to_json
"""What stores a value, as JSON."""
create_reader: Callable[[type[Any], str], Any] | None = None
"""Makes a reader for entities of that kind, whose keys have that prefix."""

with suppress(ModuleNotFoundError):
    from infrastructure.kernel.dynamodb.fast.reader import Reader
    from infrastructure.kernel.dynamodb.fast.writer import to_json as to_json_at_once

    to_json, create_reader = to_json_at_once, Reader
