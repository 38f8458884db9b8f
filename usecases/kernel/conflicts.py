"""Trying again when somebody else changed what a use case was about to save."""

from collections.abc import Callable

from domain.kernel.errors import Conflict
from domain.kernel.errors import TransactionFailed
from usecases.kernel.retries import Retry

MAX_ATTEMPTS = 15
MAX_WAIT_SECONDS = 0.5


def attempts(is_worth_another: Callable[[BaseException], bool]) -> Retry:
    """Calls what it is given until that raises nothing, or what is not worth another attempt; at most 15 times,
    and not when it would be too late for it."""
    return Retry(is_worth_another, attempts=MAX_ATTEMPTS, wait_seconds=0.005, max_wait_seconds=MAX_WAIT_SECONDS)


retry_conflicts = attempts(lambda error: isinstance(error, Conflict | TransactionFailed) and error.retryable)
"""Calls again after a conflict, or after a unit of work that only conflicts stood in the way of."""

retry_failed_transactions = attempts(lambda error: isinstance(error, TransactionFailed) and error.retryable)
"""Calls again after a unit of work that only conflicts stood in the way of. A bare conflict is raised at once."""
