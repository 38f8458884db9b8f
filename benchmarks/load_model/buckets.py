"""What there is each second, and what is left of it."""


class Bucket:
    """So much a second. `extra` may be taken at once above that, and comes back from what is left of other seconds."""

    def __init__(self, rate: float, *, extra: float = 0) -> None:
        self.rate = rate
        self._extra = self._saved = extra
        self._left = rate

    def refill(self) -> None:
        """A second has passed."""
        self._saved = min(self._extra, self._saved + self._left)
        self._left = self.rate

    def take(self, wanted: float) -> float:
        """Takes what is wanted, or all that there is; says how much."""
        now = min(wanted, self._left)
        more = min(wanted - now, self._saved)
        self._left -= now
        self._saved -= more
        return now + more
