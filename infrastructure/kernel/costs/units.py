"""How many read and write units a request consumes, by the rules that AWS publishes. Items are as botocore has them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
"""

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple
from typing import Self

from infrastructure.kernel.dynamodb.codec import Item
from infrastructure.kernel.dynamodb.sizes import size

READ_BYTES = 4 * 1024
WRITE_BYTES = 1024

EVENTUALLY, CONSISTENTLY, IN_TRANSACTION = 0.5, 1, 2
"""Read units for each 4 KB."""
WRITTEN_IN_TRANSACTION = 2
"""How often a transaction writes each item: to prepare it, and to commit it."""


class Units(NamedTuple):
    """Read and write units that were consumed."""

    read: float = 0
    write: int = 0

    def plus(self, other: "Units") -> Self:
        """Those of both."""
        return type(self)(self.read + other.read, self.write + other.write)


class Index(NamedTuple):
    """A secondary index: its keys, and the attributes that its entries have, None for all."""

    keys: tuple[str, ...]
    attributes: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of `item`; None if nothing."""
        if item is None or not item.keys() >= set(self.keys):
            return None
        return {name: item[name] for name in item if self.attributes is None or name in self.attributes}


def read_units(items: Iterable[Item], *, per_block: float) -> float:
    """What is consumed by one read that looks at these items or entries, however many: at least one block of 4 KB.

    An entry counts with the attributes it has. The 100 bytes that AWS adds to each are for storage only.
    """
    return max(1, ceil(sum(map(size, items)) / READ_BYTES)) * per_block


def write_units(old: Item | None, new: Item | None, indexes: Iterable[Index] = ()) -> int:
    """What is consumed by a write that leaves `new` where `old` was: by the larger one, and by every index.

    A write that is refused leaves nothing in an index: give no `indexes`, and `new` as it would have been.
    """
    return max(_blocks(old), _blocks(new)) + sum(
        _index_units(each.keys, each.entry(old), each.entry(new)) for each in indexes
    )


def _index_units(keys: tuple[str, ...], old: Item | None, new: Item | None) -> int:
    """Nothing if the entry stays as it is, one write if it comes, goes or stays in its place, two if it moves."""
    if old == new:
        return 0
    if old is not None and new is not None and all(old[key] == new[key] for key in keys):
        return max(_blocks(old), _blocks(new))
    return sum(_blocks(entry) for entry in (old, new) if entry is not None)


def _blocks(item: Item | None) -> int:
    """What a write of `item` consumes; where there is none, still one unit."""
    return max(1, ceil(size(item or {}) / WRITE_BYTES))
