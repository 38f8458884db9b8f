"""Partitions of a table or of an index, each with its own limit; they split when they are hot for long."""

from dataclasses import dataclass

from benchmarks.load_model.chance import Chance

SPLIT_AFTER = 600
"""For how many seconds a partition is at its limit before it splits. AWS says "several minutes"."""


@dataclass
class Partition:
    """A share of the load: what can be divided among two partitions, and what cannot, such as that of one item."""

    spread: float
    single: float = 0
    hot_for: int = 0

    @property
    def share(self) -> float:
        return self.spread + self.single


class Partitions:
    """Takes what each of them can, and splits those that are asked for more."""

    def __init__(self, partitions: list[Partition], *, splits: bool = True) -> None:
        self.all = partitions
        self._splits = splits

    def admitted(self, writes: int, limit: int, chance: Chance) -> list[int]:
        """How many of the writes of a second each partition takes, if each takes at most `limit`. The rest is throttled."""
        asked = chance.divided(writes, [each.share for each in self.all])
        taken = [min(count, limit) for count in asked]
        for partition, count in zip(tuple(self.all), asked, strict=True):
            partition.hot_for = partition.hot_for + 1 if count > limit else 0
            if self._splits and partition.hot_for >= SPLIT_AFTER:
                self._split(partition)
        return taken

    def double(self) -> None:
        """The table makes itself ready for twice the load: each of them splits."""
        for partition in tuple(self.all):
            self._split(partition)

    def _split(self, partition: Partition) -> None:
        """Divides a partition into two halves. A share that cannot be divided stays whole, in one of them."""
        partition.hot_for = 0
        if partition.spread:
            partition.spread /= 2
            self.all.append(Partition(partition.spread))


def even(count: int, *, hot_share: float = 0) -> list[Partition]:
    """Partitions with equal shares, one of which also has an item of its own weight."""
    partitions = [Partition((1 - hot_share) / count) for _ in range(count)]
    partitions[0].single = hot_share
    return partitions


def of_listing(shards: int, *, increasing: bool) -> list[Partition]:
    """One for each shard of a listing. If entries only come at its end, none of its load can be divided."""
    return [Partition(0, 1 / shards) if increasing else Partition(1 / shards) for _ in range(shards)]
