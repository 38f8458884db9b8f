"""Trying again when somebody else changed what a use case was about to save."""

from collections.abc import Callable

from tenacity import Retrying
from tenacity import retry_if_exception
from tenacity import stop_after_attempt
from tenacity import wait_random_exponential

from domain.kernel.errors import Conflict
from domain.kernel.errors import TransactionFailed
from usecases.kernel.deadline import TooLate

MAX_ATTEMPTS = 15
MAX_WAIT_SECONDS = 0.5


def attempts(is_worth_another: Callable[[BaseException], bool]) -> Retrying:
    """Calls what it is given until that raises nothing, or what is not worth another attempt; at most 15 times,
    and not when it would be too late for it."""
    # Full jitter spreads those who lost the same race: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter
    return Retrying(
        retry=retry_if_exception(is_worth_another),
        wait=wait_random_exponential(multiplier=0.005, max=MAX_WAIT_SECONDS),
        stop=stop_after_attempt(MAX_ATTEMPTS) | TooLate(),
        reraise=True,
    )


retry_conflicts = attempts(lambda error: isinstance(error, Conflict | TransactionFailed) and error.retryable)
"""Calls again after a conflict, or after a unit of work that only conflicts stood in the way of."""

retry_failed_transactions = attempts(lambda error: isinstance(error, TransactionFailed) and error.retryable)
"""Calls again after a unit of work that only conflicts stood in the way of. A bare conflict is raised at once."""
