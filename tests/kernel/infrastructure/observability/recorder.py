"""An observer that keeps what it is told."""

from usecases.kernel.observability import Observer
from usecases.kernel.observability import Operation


class Recorder(Observer):
    """Keeps the operations that are over, in the order of their ends."""

    def __init__(self) -> None:
        self.begun: list[Operation] = []
        self.ended: list[Operation] = []
        self.flushed = 0

    def begin(self, operation: Operation) -> None:
        self.begun.append(operation)

    def end(self, operation: Operation) -> None:
        self.ended.append(operation)

    def flush(self) -> None:
        self.flushed += 1

    def names(self) -> list[tuple[str, str]]:
        """Layer and name of each, in the order of their begins."""
        return [(operation.layer, operation.name) for operation in self.begun]

    def of(self, layer: str) -> list[Operation]:
        """Those of one layer."""
        return [operation for operation in self.ended if operation.layer == layer]
