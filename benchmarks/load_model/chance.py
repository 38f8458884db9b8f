"""Random numbers of the simulation: the same for the same seed, under every Python."""

from collections.abc import Sequence
from math import exp
from math import sqrt
from random import Random

_MANY = 30


class Chance:
    """Draws how many of something happen."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def arrivals(self, mean: float) -> int:
        """How many come in a while in which `mean` come on average: Poisson, and from 30 on a rounded Gauss."""
        if mean >= _MANY:
            return max(0, round(self._random.gauss(mean, sqrt(mean))))
        count, product, least = -1, 1.0, exp(-mean)
        while product >= least:
            product *= self._random.random()
            count += 1
        return count

    def part(self, count: int, share: float) -> int:
        """How many of `count` are in a share: binomial, approximated like `arrivals` if it is large."""
        if share > 0.5:
            return count - self.part(count, 1 - share)
        mean = count * share
        if mean >= _MANY:
            return min(count, max(0, round(self._random.gauss(mean, sqrt(mean * (1 - share))))))
        return (
            min(count, self.arrivals(mean))
            if count > _MANY
            else sum(self._random.random() < share for _ in range(count))
        )

    def divided(self, count: int, shares: Sequence[float]) -> list[int]:
        """`count` in parts by their shares, which are 1 together. None is lost."""
        parts, left = list[int](), 1.0
        for share in shares:
            taken = count if left <= share else self.part(count, share / left)
            parts.append(taken)
            count, left = count - taken, left - share
        parts[-1] += count
        return parts
