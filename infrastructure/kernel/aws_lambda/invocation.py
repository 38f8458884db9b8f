"""What every handler does around what it handles: keeps to the time it is given, and watches its memory."""

import logging
from collections.abc import Callable
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from typing import Protocol
from typing import TypeVar

from infrastructure.kernel.aws_lambda.memory import memory
from infrastructure.kernel.aws_lambda.snapshots import register_hooks
from infrastructure.kernel.logs import set_format_on_lambda
from infrastructure.kernel.logs import set_levels
from infrastructure.kernel.settings import Settings
from usecases.kernel.deadline import within
from usecases.kernel.observability import flush
from usecases.kernel.observability import observers

logger = logging.getLogger(__name__)

R = TypeVar("R")

Payload = Mapping[str, Any]
"""What Lambda calls a handler with. The documentation of AWS calls it an event, which here is a domain event."""


class Context(Protocol):
    """What Lambda tells of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    memory_limit_in_mb: str

    def get_remaining_time_in_millis(self) -> int:
        """How long it is until Lambda ends the process."""


Handler = Callable[[Payload, Context], R]


def invoked(handle: Callable[[Payload], R], settings: Settings) -> Handler[R]:
    """The handler that Lambda calls: `handle`, within the time that the invocation has left.

    Lambda has set up logging; the levels are those of the settings, and each record has its context.

    It tells of the memory when it is done, whether or not it has failed: as DEBUG, or as WARNING above the share that
    the settings name. Copies of the process that SnapStart makes share nothing that they must not.
    """
    register_hooks()
    set_levels(settings)
    set_format_on_lambda(settings)
    if settings.observers:
        import_module("infrastructure.kernel.observability.setup").observe(settings)

    def handler(payload: Payload, context: Context) -> R:
        try:
            with within(context.get_remaining_time_in_millis() / 1000, buffer=settings.deadline_buffer_seconds):
                return handle(payload)
        finally:
            if observers():
                flush()
            _tell_of_memory(int(context.memory_limit_in_mb), settings.memory_warning_share)

    return handler


def _tell_of_memory(limit_mb: int, warning_share: float) -> None:
    taken = memory(limit_mb)
    if taken is not None:
        logger.log(logging.WARNING if taken.share > warning_share else logging.DEBUG, "memory: %s", taken)
