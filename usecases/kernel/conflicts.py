"""Trying again when somebody else changed what a use case was about to save."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from tenacity import Retrying
from tenacity import retry_if_exception
from tenacity import stop_after_attempt
from tenacity import wait_random_exponential

from domain.kernel.errors import Conflict
from domain.kernel.errors import TransactionFailed
from domain.kernel.value import Value
from usecases.kernel.deadline import TooLate

UseCaseT = TypeVar("UseCaseT")
RequestT = TypeVar("RequestT", bound=Value)
ResultT = TypeVar("ResultT")

MAX_ATTEMPTS = 15
MAX_WAIT_SECONDS = 0.5


def _is_only_conflicts(error: BaseException) -> bool:
    return isinstance(error, Conflict | TransactionFailed) and error.retryable


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


_attempts = attempts(_is_only_conflicts)


def retry_conflicts(execute: Callable[[UseCaseT, RequestT], ResultT]) -> Callable[[UseCaseT, RequestT], ResultT]:
    """Runs `execute` again, from its first read, when it ends in a conflict: at most 15 times, waiting in between.

    A caller that expects a version wants to hear of a conflict, so a request with an `expected_version` runs once.
    """

    @wraps(execute)
    def run(use_case: UseCaseT, request: RequestT) -> ResultT:
        if getattr(request, "expected_version", None) is not None:
            return execute(use_case, request)
        return _attempts(execute, use_case, request)

    return run
