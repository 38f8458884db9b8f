"""What Lambda tells a handler of an invocation."""

from time import monotonic


class Invocation:
    """The context of an invocation that has begun now."""

    def __init__(self, *, seconds: float = 40, memory_mb: int = 10_240) -> None:
        self.memory_limit_in_mb = str(memory_mb)
        self._ends_at = monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - monotonic()) * 1000)
