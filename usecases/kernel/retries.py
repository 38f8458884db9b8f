"""Calling again what may succeed the next time."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from usecases.kernel.deadline import too_late

if TYPE_CHECKING:
    from tenacity import RetryCallState
    from tenacity import Retrying

T = TypeVar("T")


class SomeLeft(Exception):
    """An attempt has not failed, and has left something for another one to do."""


def leaves_some(error: BaseException) -> bool:
    """Whether another attempt is worth it, for one that may leave something to do."""
    return isinstance(error, SomeLeft)


class Retry:
    """Calls what it is given, again while its error is worth another attempt and there is time for one.

    tenacity does that. It hears of the first attempt only when that has failed, for asking it about a success takes a
    third of a fast call, and importing it takes a fiftieth of a start.

    Args:
        is_worth_another: whether another attempt may help after that error.
        attempts: how many there are at most, the first one included; by default as many as there is time for.
        wait_seconds: how long the first wait is at most; each one after it may take twice as long as the one before.
        max_wait_seconds: how long any wait is at most.
        unless: is asked before each further attempt, with tenacity's state, and may refuse it.
    """

    def __init__(
        self,
        is_worth_another: Callable[[BaseException], bool],
        *,
        attempts: int | None = None,
        wait_seconds: float = 0.05,
        max_wait_seconds: float = 1,
        unless: Callable[["RetryCallState"], bool] = lambda _: False,
    ) -> None:
        self._is_worth_another = is_worth_another
        self._attempts = attempts
        self._wait_seconds = wait_seconds
        self._max_wait_seconds = max_wait_seconds
        self._unless = unless

    def __call__(self, call: Callable[..., T], *args: Any) -> T:
        """What the call returns in the end. Raises what its last attempt has raised."""
        failed: list[Exception] = []
        try:
            return call(*args)
        except Exception as exc:
            if not self._is_worth_another(exc):
                raise
            failed.append(exc)

        def again() -> T:
            if failed:
                raise failed.pop()
            return call(*args)

        return self._retrying(again)

    @cached_property
    def _retrying(self) -> "Retrying":
        from tenacity import Retrying
        from tenacity import retry_if_exception
        from tenacity import stop_after_attempt
        from tenacity import stop_never
        from tenacity import wait_random_exponential

        tried_enough = stop_never if self._attempts is None else stop_after_attempt(self._attempts)
        return Retrying(
            retry=retry_if_exception(self._is_worth_another),
            # Full jitter spreads those who lost the same race:
            # https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter
            wait=wait_random_exponential(multiplier=self._wait_seconds, max=self._max_wait_seconds),
            stop=lambda state: tried_enough(state) or too_late(state) or self._unless(state),
            reraise=True,
        )
