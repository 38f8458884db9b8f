"""Metrics of CloudWatch, written as lines of its embedded metric format: the log is all that it needs.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import os
import sys
from collections.abc import Callable
from math import isfinite
from time import time

from pydantic_core import to_json

from infrastructure.kernel.observability.log import summary
from infrastructure.kernel.settings import Settings
from usecases.kernel.observability import SUMMED_UP
from usecases.kernel.observability import Observer
from usecases.kernel.observability import Operation

MAX_METRICS = 100
"""How many metrics one line may have."""


class CloudWatchObserver(Observer):
    """Writes a line for each use case and each batch of the relay. It is also a line of the log, with all that is known.

    Each metric costs money. So only duration and errors are kept by operation; everything else by function.
    """

    def __init__(self, namespace: str, function: str, write: Callable[[str], object]) -> None:
        self._namespace = namespace
        self._function = function
        self._write = write

    def begin(self, operation: Operation) -> None:
        pass

    def end(self, operation: Operation) -> None:
        if operation.layer not in SUMMED_UP:
            return
        counted = [name for name, value in operation.counts.items() if isfinite(value)][: MAX_METRICS - 2]
        by_operation = [{"Name": "Duration", "Unit": "Milliseconds"}, {"Name": "Errors", "Unit": "Count"}]
        metrics = [
            {"Namespace": self._namespace, "Dimensions": [["function", "operation"]], "Metrics": by_operation},
            {
                "Namespace": self._namespace,
                "Dimensions": [["function"]],
                "Metrics": [*by_operation, *({"Name": name} for name in counted)],
            },
        ]
        if operation.error is not None:
            of_kind = [{"Name": "Errors", "Unit": "Count"}]
            metrics.append({"Namespace": self._namespace, "Dimensions": [["function", "error"]], "Metrics": of_kind})
        trace = operation.trace
        line = {
            **summary(operation),
            **({} if trace is None else {"request_id": trace.request_id, "trace_id": trace.trace_id}),
            "function": self._function,
            "operation": operation.name,
            "Duration": round(operation.seconds * 1000, 3),
            "Errors": int(operation.error is not None),
            "_aws": {"Timestamp": int(time() * 1000), "CloudWatchMetrics": metrics},
        }
        self._write(f"{to_json(line, inf_nan_mode='strings').decode()}\n")


def create(settings: Settings) -> CloudWatchObserver:
    """The observer, which writes to stdout: on Lambda, that is the log."""
    return CloudWatchObserver(settings.service, os.environ.get("AWS_LAMBDA_FUNCTION_NAME", settings.service), _write)


def _write(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()
