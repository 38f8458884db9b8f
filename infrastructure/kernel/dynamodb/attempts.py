"""The attempts of one call, and what all calls together may spend on retries."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from typing import TypeVar

from infrastructure.kernel.dynamodb.errors import is_ambiguous
from infrastructure.kernel.dynamodb.errors import is_of_outage

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

RETRY_COST = 5
BUDGET = 500


@dataclass
class Attempts:
    """What is known of the attempts of a call, while it is under way and afterwards.

    Attributes:
        outages: how many ended because DynamoDB was down, overloaded or out of reach.
        unrefused: the last one may have been sent, and nothing has come back that says that it was not carried out.
        ambiguous: one of them may have been carried out without an answer that says so.
    """

    outages: int = 0
    unrefused: bool = False
    ambiguous: bool = False

    def make(self, send: Callable[[], T]) -> T:
        """One attempt. It stays unrefused when it succeeds, which nobody hears who has given up."""
        self.unrefused = True
        try:
            return send()
        except BaseException as exc:
            self.outages += is_of_outage(exc)
            self.ambiguous = self.ambiguous or is_ambiguous(exc)
            self.unrefused = False
            raise


class Budget:
    """What all calls together may spend on retries in an outage, so that it is not multiplied by them.

    A retry takes 5 of 500. A call that is answered in the end gives back what it took, or 1 if it took nothing. So while
    DynamoDB is down, a process retries 100 times, and sends each call once from then on. AWS's SDKs use these numbers,
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html.
    """

    def __init__(self) -> None:
        self._left = BUDGET
        self._lock = Lock()

    def __call__(self, state: "RetryCallState") -> bool:
        """Takes a retry; whether there is none left, which stops the call."""
        error = state.outcome.exception() if state.outcome is not None else None
        if not is_of_outage(error):
            return False
        with self._lock:
            is_spent = self._left < RETRY_COST
            self._left -= 0 if is_spent else RETRY_COST
        return is_spent

    def refill(self, retries: int) -> None:
        """Gives back what an answered call took."""
        if self._left < BUDGET:
            with self._lock:
                self._left = min(BUDGET, self._left + (RETRY_COST * retries or 1))
