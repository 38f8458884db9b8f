"""A line of the log for each use case, and for each batch of the relay."""

import logging
from typing import Any

from infrastructure.kernel.settings import Settings
from usecases.kernel.observability import SUMMED_UP
from usecases.kernel.observability import Observer
from usecases.kernel.observability import Operation

logger = logging.getLogger(__name__)


class LogObserver(Observer):
    """Logs what it was, what it was about, how long it took, and what was counted in it."""

    def begin(self, operation: Operation) -> None:
        pass

    def end(self, operation: Operation) -> None:
        if operation.layer in SUMMED_UP:
            outcome = f"{operation.name}: {operation.error_kind}" if operation.error else operation.name
            logger.info("%s in %.1f ms", outcome, operation.seconds * 1000, extra=summary(operation))


def summary(operation: Operation) -> dict[str, Any]:
    """All that is known of an operation when it is over, as JSON values. Of an error only its kind: it may quote data."""
    about = operation.aggregate
    return {
        operation.layer.replace(" ", "_"): operation.name,
        "duration_ms": round(operation.seconds * 1000, 3),
        **({} if about is None else {"aggregate": about.kind, "aggregate_id": about.id}),
        **({} if about is None or about.version is None else {"version": about.version}),
        **({} if operation.error is None else {"error": operation.error_kind}),
        **operation.facts,
        **{name: round(value, 6) for name, value in operation.counts.items()},
    }


def create(_: Settings) -> LogObserver:
    """The observer."""
    return LogObserver()
