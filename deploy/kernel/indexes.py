"""The indexes in the template's block of the table. One update of a table can add or delete one of them."""

import re
from collections.abc import Sequence

from infrastructure.kernel.dynamodb.schema import Index

_INDEX = re.compile(
    r"- IndexName: (\S+)\n"
    r' *KeySchema: \[{AttributeName: "([^"]+)", KeyType: "HASH"}, {AttributeName: "([^"]+)", KeyType: "RANGE"}\]\n'
    r' *Projection: {ProjectionType: "(KEYS_ONLY|ALL)"}'
)


def indexes_in(lines: Sequence[str]) -> list[Index]:
    """The indexes in the lines of a block, which `make template` has written."""
    return [Index(*found) for found in _INDEX.findall("\n".join(lines))]


def one_changed(present: Sequence[Index], needed: Sequence[Index]) -> list[Index]:
    """`present`, with one more of those that are needed, or without one of the others. An index is added before any goes."""
    missing = [index for index in needed if index not in present]
    surplus = [index for index in present if index not in needed]
    names = {index.name for index in missing}
    replaced = [index for index in surplus if index.name in names]
    if missing and not replaced:
        return [index for index in (*needed, *surplus) if index in present or index == missing[0]]
    return [index for index in (*needed, *surplus) if index in present and index not in (replaced or surplus)[:1]]
